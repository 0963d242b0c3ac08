#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box {

/// Header fields in order. Names compare without case; a name may occur several times. Kept in one string.
class BOX_API HttpHeaders {
 public:
  HttpHeaders() = default;
  /// A copy of what the view looks at. Nothing is validated here: NetworkSession, the calls and the request writer do that.
  HttpHeaders(HeaderListView view);

  void append(std::string_view name, std::string_view value);
  /// Replaces every field of that name by this one.
  void set(std::string_view name, std::string_view value);
  void erase(std::string_view name);
  void clear() noexcept;

  /// The first field of that name.
  std::optional<std::string_view> get(std::string_view name) const noexcept;
  std::size_t count(std::string_view name) const noexcept;
  bool contains(std::string_view name) const noexcept { return get(name).has_value(); }
  std::size_t size() const noexcept { return entries_.size(); }
  bool empty() const noexcept { return entries_.empty(); }

  /// The i-th field, i < size().
  HeaderView operator[](std::size_t i) const noexcept;

  class const_iterator {
   public:
    using value_type = HeaderView;
    using difference_type = std::ptrdiff_t;
    const_iterator() = default;
    HeaderView operator*() const noexcept { return (*headers_)[index_]; }
    const_iterator& operator++() noexcept { ++index_; return *this; }
    const_iterator operator++(int) noexcept { const_iterator old = *this; ++index_; return old; }
    bool operator==(const const_iterator&) const noexcept = default;

   private:
    friend class HttpHeaders;
    const_iterator(const HttpHeaders* headers, std::size_t index) noexcept : headers_(headers), index_(index) {}
    const HttpHeaders* headers_ = nullptr;
    std::size_t index_ = 0;
  };
  const_iterator begin() const noexcept { return {this, 0}; }
  const_iterator end() const noexcept { return {this, entries_.size()}; }

 private:
  struct Entry {
    std::uint32_t offset, nameSize, valueSize;
  };
  std::string text_;
  std::vector<Entry> entries_;
};

}  // namespace box

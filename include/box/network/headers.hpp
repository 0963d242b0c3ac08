#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box {

/// Header fields in order. Names compare without case; a name may occur several times. Kept in one string, so in one
/// allocation: size() and operator[] walk it.
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
  std::size_t size() const noexcept { return static_cast<std::size_t>(std::distance(begin(), end())); }
  bool empty() const noexcept { return text_.empty(); }

  /// The i-th field, i < size().
  HeaderView operator[](std::size_t i) const noexcept { return *std::next(begin(), static_cast<std::ptrdiff_t>(i)); }

  class BOX_API const_iterator {
   public:
    using iterator_category = std::input_iterator_tag;  // it gives views, not references
    using value_type = HeaderView;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = HeaderView;
    const_iterator() = default;
    HeaderView operator*() const noexcept;
    const_iterator& operator++() noexcept;
    const_iterator operator++(int) noexcept {
      const_iterator old = *this;
      ++*this;
      return old;
    }
    bool operator==(const const_iterator&) const noexcept = default;

   private:
    friend class HttpHeaders;
    explicit const_iterator(const char* at) noexcept : at_(at) {}
    const char* at_ = nullptr;
  };
  const_iterator begin() const noexcept { return const_iterator(text_.data()); }
  const_iterator end() const noexcept { return const_iterator(text_.data() + text_.size()); }

 private:
  std::string text_;  // of each field its Sizes, its name, its value
};

}  // namespace box

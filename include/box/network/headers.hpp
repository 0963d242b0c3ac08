#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "box/support/export.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

/// Header fields in order. In names upper and lower case are the same; a name may occur several times. All fields are
/// in one string, so in one allocation: size() and operator[] take time in proportion to the number of fields.
class BOX_API HttpHeaders {
 public:
  HttpHeaders() = default;
  /// A copy of the headers that the view refers to. Nothing is validated here: NetworkSession, the calls and the
  /// library's NetworkClient do that.
  HttpHeaders(HeaderListView view);

  /// Adds a field after all others, even if there is one with that name. *Errors*: std::length_error if all fields
  /// together exceed 4 GiB.
  void append(std::string_view name, std::string_view value);
  /// Replaces every field of that name by this one.
  void set(std::string_view name, std::string_view value);
  /// Removes every field of that name. As after each change, the views that get() and iterators gave are then invalid.
  void erase(std::string_view name);
  /// Removes all fields.
  void clear() noexcept;

  /// The value of the first field of that name; unset where there is none.
  std::optional<std::string_view> get(std::string_view name) const noexcept;
  /// How many fields have that name.
  std::size_t count(std::string_view name) const noexcept;
  /// Whether a field has that name.
  bool contains(std::string_view name) const noexcept { return get(name).has_value(); }
  /// How many fields there are.
  std::size_t size() const noexcept { return static_cast<std::size_t>(std::distance(begin(), end())); }
  /// Whether there is no field.
  bool empty() const noexcept { return text_.empty(); }

  /// The i-th field, i < size().
  HeaderView operator[](std::size_t i) const noexcept { return *std::next(begin(), static_cast<std::ptrdiff_t>(i)); }

  /// Visits the fields in their order. It gives views, which are valid until the headers are changed or destroyed.
  class BOX_API const_iterator {
   public:
    /// @{
    /// Required by std::iterator_traits. It is an input iterator because it gives views, not references.
    using iterator_category = std::input_iterator_tag;
    using value_type = HeaderView;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = HeaderView;
    /// @}

    const_iterator() = default;
    /// The current field.
    HeaderView operator*() const noexcept;
    /// Advances to the next field.
    const_iterator& operator++() noexcept;
    /// Advances to the next field, and returns the previous iterator.
    const_iterator operator++(int) noexcept {
      const_iterator old = *this;
      ++*this;
      return old;
    }
    /// Whether both are at the same field.
    bool operator==(const const_iterator&) const noexcept = default;

   private:
    friend class HttpHeaders;
    explicit const_iterator(const char* at) noexcept : at_(at) {}
    const char* at_ = nullptr;
  };
  /// The first field.
  const_iterator begin() const noexcept { return const_iterator(text_.data()); }
  /// The position after the last field.
  const_iterator end() const noexcept { return const_iterator(text_.data() + text_.size()); }

 private:
  std::string text_;  // for each field: its Sizes, its name, its value
};

}  // namespace box::inline v0_1

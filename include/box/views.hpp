#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace box::inline v0_1 {

namespace detail {

template <class T>
concept StringLike = std::convertible_to<const T&, std::string_view>;

template <class R>
concept StringRange = !StringLike<R> && std::ranges::forward_range<const R> &&
                      std::convertible_to<std::ranges::range_reference_t<const R>, std::string_view>;

template <class>
inline constexpr bool never = false;

}  // namespace detail

/// A view of strings of the caller, which it does not copy: for arguments only, do not store one.
///
/// It is made from up to 16 strings in braces, or from any range of strings that can be read more than once (a
/// std::vector<std::string>, a std::set, a std::array<const char*, N>, …). It is trivially copyable, so that an
/// aggregate which contains it is too: g++ 12 destroys any other aggregate twice if it is made with braces in an
/// expression with co_await (test/canary checks that).
/// *Lifetime*: the strings must live until the full expression ends; the calls of this library copy before they return.
class StringListView {
 public:
  static constexpr std::size_t maxInBraces = 16;  ///< how many strings may stand in braces

  /// An empty list.
  constexpr StringListView() noexcept = default;

  /// A list of strings in braces: std::string, std::string_view, const char*, in any mixture.
  template <detail::StringLike... T>
  requires(sizeof...(T) > 0) constexpr StringListView(const T&... items) noexcept
      : inline_{std::string_view(items)...}, inlineSize_(sizeof...(T)), forEach_(&forEachInline) {
    static_assert(sizeof...(T) <= maxInBraces, "more than 16 strings in braces: put them into a std::vector first");
  }

  /// A list of the elements of a range, which must be readable while it is const.
  template <detail::StringRange R>
  constexpr StringListView(const R& range) noexcept : range_(&range), forEach_(&forEachInRange<R>) {}

  /// Gives a readable compile-time error for arguments of the wrong type.
  template <class T>
  requires(!detail::StringLike<T> && !detail::StringRange<T> &&
           !std::is_same_v<T, StringListView>) constexpr StringListView(const T&) noexcept {
    static_assert(
        detail::never<T>,
        "this is not a list of strings: give strings in braces, or a range that can be read more than once and while "
        "it is const, and whose items are strings. Ids are strings, not numbers; put a filtered view into a "
        "std::vector first");
  }

  /// Calls `visit(std::string_view)` for each string, in order.
  template <class Visitor>
  void forEach(Visitor&& visit) const {
    if (forEach_ == nullptr) return;
    forEach_(*this, &visit,
             [](void* v, std::string_view s) { (*static_cast<std::remove_reference_t<Visitor>*>(v))(s); });
  }

 private:
  using Sink = void (*)(void*, std::string_view);

  static constexpr void forEachInline(const StringListView& self, void* visitor, Sink sink) {
    for (std::size_t i = 0; i < self.inlineSize_; ++i) sink(visitor, self.inline_[i]);
  }
  template <class R>
  static void forEachInRange(const StringListView& self, void* visitor, Sink sink) {
    for (auto&& item : *static_cast<const R*>(self.range_)) sink(visitor, std::string_view(item));
  }

  std::array<std::string_view, maxInBraces> inline_{};
  std::size_t inlineSize_ = 0;
  const void* range_ = nullptr;
  void (*forEach_)(const StringListView&, void*, Sink) = nullptr;
};

/// A view of a header of the caller, which it does not copy: `{"X-Trace", "1"}`.
struct HeaderView {
  constexpr HeaderView() noexcept = default;
  /// Sets both members.
  constexpr HeaderView(std::string_view headerName, std::string_view headerValue) noexcept
      : name(headerName), value(headerValue) {}

  std::string_view name{};   ///< upper and lower case are the same
  std::string_view value{};  ///< must not contain line breaks
};

namespace detail {

template <class R>
concept HeaderRange = std::ranges::forward_range<const R> && requires(std::ranges::range_reference_t<const R> item) {
  { std::get<0>(item) } -> std::convertible_to<std::string_view>;
  { std::get<1>(item) } -> std::convertible_to<std::string_view>;
};

}  // namespace detail

/// A view of headers of the caller, which it does not copy. It is made in the same way as a StringListView, from up to
/// eight pairs in braces (`{{"X-A", "1"}, {"X-B", "2"}}`) or from a range of pairs, such as a std::map<std::string,
/// std::string>.
class HeaderListView {
 public:
  static constexpr std::size_t maxInBraces = 8;  ///< how many pairs may stand in braces

  /// An empty list.
  constexpr HeaderListView() noexcept = default;

  /// A list of pairs in braces.
  constexpr HeaderListView(HeaderView a, HeaderView b = {}, HeaderView c = {}, HeaderView d = {}, HeaderView e = {},
                           HeaderView f = {}, HeaderView g = {}, HeaderView h = {}) noexcept
      : inline_{a, b, c, d, e, f, g, h}, forEach_(&forEachInline) {}

  /// A list of the pairs of a range, which must be readable while it is const.
  template <detail::HeaderRange R>
  constexpr HeaderListView(const R& range) noexcept : range_(&range), forEach_(&forEachInRange<R>) {}

  /// Gives a readable compile-time error for arguments of the wrong type.
  template <class T>
  requires(!detail::HeaderRange<T> && !std::is_convertible_v<const T&, HeaderView> &&
           !std::is_same_v<T, HeaderListView>) constexpr HeaderListView(const T&) noexcept {
    static_assert(
        detail::never<T>,
        "this is not a list of headers: give pairs of strings in double braces, {{\"X-A\", \"1\"}}, or a range of such "
        "pairs that can be read while it is const, such as a std::map");
  }

  /// Calls `visit(HeaderView)` for each header, in order.
  template <class Visitor>
  void forEach(Visitor&& visit) const {
    if (forEach_ == nullptr) return;
    forEach_(*this, &visit, [](void* v, HeaderView h) { (*static_cast<std::remove_reference_t<Visitor>*>(v))(h); });
  }

 private:
  using Sink = void (*)(void*, HeaderView);

  static constexpr void forEachInline(const HeaderListView& self, void* visitor, Sink sink) {
    for (const HeaderView& header : self.inline_) {
      if (header.name.data() != nullptr) sink(visitor, header);  // the default arguments of the constructor are null
    }
  }
  template <class R>
  static void forEachInRange(const HeaderListView& self, void* visitor, Sink sink) {
    for (auto&& item : *static_cast<const R*>(self.range_))
      sink(visitor, HeaderView(std::get<0>(item), std::get<1>(item)));
  }

  std::array<HeaderView, maxInBraces> inline_{};
  const void* range_ = nullptr;
  void (*forEach_)(const HeaderListView&, void*, Sink) = nullptr;
};

static_assert(std::is_trivially_copyable_v<StringListView> && std::is_trivially_copyable_v<HeaderListView>);

}  // namespace box::inline v0_1

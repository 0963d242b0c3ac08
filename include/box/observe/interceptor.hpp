#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "box/network/fetch.hpp"
#include "box/network/headers.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// What an interceptor sees of a request. Each member may be changed, for this attempt only.
class BOX_API InterceptedRequest {
 public:
  /// For tests of an interceptor; what it is given must outlive it.
  explicit InterceptedRequest(std::string_view operationName, std::uint64_t callNumber = 0,
                              std::string_view callTag = std::string_view()) noexcept
      : operation_(operationName), call_(callNumber), tag_(callTag) {}

  /// The name of the operation: "terminateUsersSessions".
  std::string_view operation() const noexcept { return operation_; }
  /// The number of the call, as events and FetchResponse::call have it.
  std::uint64_t call() const noexcept { return call_; }
  /// The caller's own text for the call, from its options; empty: none.
  std::string_view tag() const noexcept { return tag_; }

  std::string method;       ///< of HTTP, as it goes out
  std::string url;          ///< with the query; must stay at the scheme, host and port that it has
  HttpHeaders headers;      ///< those of the call; they replace the session's headers of the same name
  std::string body;         ///< as it goes out; empty: none
  std::string contentType;  ///< empty: application/json where there is a body, else none

 private:
  std::string_view operation_;
  std::uint64_t call_;
  std::string_view tag_;
};

/// Sees each attempt's request before it goes out and each response that came back, and may change both.
/// The Authorization header is added after it, and a token that a response repeats is replaced by "[redacted]" before
/// it: an interceptor never sees a token, and token requests never pass it.
/// *Threads*: called by the coroutine of the call, for several calls at once. It must not block.
/// *Errors*: what it throws ends the call, with BoxSdkError::fate() and the exception nested in the error; after a
/// response whose status means success it is ignored.
class BOX_API Interceptor {
 public:
  virtual ~Interceptor() = default;
  /// Called before each attempt with the call's own request, so what was changed for one attempt is gone for the next.
  /// The request is validated after it: Errc::invalidRequest for a header that may not go out or a URL of another
  /// origin.
  virtual void beforeRequest(InterceptedRequest& request) { static_cast<void>(request); }
  /// Called for each complete response, whatever its status, before it is judged. A changed status is what is judged,
  /// but a response that was a success stays one, with its status.
  virtual void afterRequest(FetchResponse& response) { static_cast<void>(response); }
};

/// Interceptors in an argument list: refers to the caller's shared_ptrs and is copied from before the call returns.
///
/// Made from up to eight pointers in braces, to any classes derived from Interceptor, or from a std::vector. Trivially
/// copyable for the reason that StringListView gives.
class InterceptorListView {
 public:
  static constexpr std::size_t maxInBraces = 8;            ///< how many pointers may stand in braces
  using List = std::vector<std::shared_ptr<Interceptor>>;  ///< a list of any length

  /// An empty list.
  constexpr InterceptorListView() noexcept = default;

  /// From pointers in braces: `{counter, tracer}`. *Lifetime*: they must live until the full expression ends.
  template <std::derived_from<Interceptor>... I>
  requires(sizeof...(I) > 0) constexpr InterceptorListView(const std::shared_ptr<I>&... interceptors) noexcept
      : items_{Item{&interceptors, &shareAs<I>}...}, size_(sizeof...(I)) {
    static_assert(sizeof...(I) <= maxInBraces, "more than 8 interceptors in braces: put them into a std::vector first");
  }

  /// From a vector, which must live until the full expression ends.
  InterceptorListView(const List& list) noexcept : list_(&list) {}

  /// Copies of the pointers, in order: what the library keeps.
  List share() const {
    if (list_ != nullptr) return *list_;
    List list;
    for (std::size_t i = 0; i < size_; ++i) list.push_back(items_[i].share(items_[i].pointer));
    return list;
  }

 private:
  struct Item {
    const void* pointer = nullptr;
    std::shared_ptr<Interceptor> (*share)(const void*) = nullptr;
  };
  template <class I>
  static std::shared_ptr<Interceptor> shareAs(const void* pointer) {
    return *static_cast<const std::shared_ptr<I>*>(pointer);
  }

  std::array<Item, maxInBraces> items_{};
  std::size_t size_ = 0;
  const List* list_ = nullptr;
};

static_assert(std::is_trivially_copyable_v<InterceptorListView>);

}  // namespace box::inline v0_1

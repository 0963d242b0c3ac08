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

/// A request as an interceptor sees it. Each member may be changed, for this attempt only.
class BOX_API InterceptedRequest {
 public:
  /// For tests of an interceptor. The arguments must live longer than this object.
  explicit InterceptedRequest(std::string_view operationName, std::uint64_t callNumber = 0,
                              std::string_view callTag = std::string_view()) noexcept
      : operation_(operationName), call_(callNumber), tag_(callTag) {}

  /// The name of the operation: "terminateUsersSessions".
  std::string_view operation() const noexcept { return operation_; }
  /// The number of the call, the same as in events and FetchResponse::call.
  std::uint64_t call() const noexcept { return call_; }
  /// The caller's own text for the call, from the call's options; empty: none.
  std::string_view tag() const noexcept { return tag_; }

  std::string method;       ///< the HTTP method, as it is sent
  std::string url;          ///< with the query; its scheme, host and port must not be changed
  HttpHeaders headers;      ///< the headers of the call; they replace the session's headers of the same name
  std::string body;         ///< as it is sent; empty: no body
  std::string contentType;  ///< empty: application/json if there is a body, else none

 private:
  std::string_view operation_;
  std::uint64_t call_;
  std::string_view tag_;
};

/// Sees the request of each attempt before it is sent, and each response, and may change both. An interceptor never
/// sees a token: the Authorization header is added after it was called, a token in a response is replaced by
/// "[redacted]" before it is called, and it is not called for token requests. *Threads*: the coroutine of the call
/// calls it, for several calls at once. It must not block. *Errors*: an exception ends the call: if it is a
/// BoxSdkError, with the code of that error; otherwise with Errc::extensionFailed, and the exception is
/// BoxSdkError::nested(). The error has the fate of the request. An exception after a response whose status means
/// success is ignored.
class BOX_API Interceptor {
 public:
  virtual ~Interceptor() = default;
  /// Called before each attempt. The first interceptor gets the original request of the call, each further one the
  /// request as those before it have changed it; no change has an effect on the next attempt. The request is validated
  /// afterwards: the call fails with Errc::invalidRequest for a header that must not be sent, or a URL of another
  /// origin.
  virtual void beforeRequest(InterceptedRequest& request) { static_cast<void>(request); }
  /// Called for each response whose header is complete, whatever its status. If the status is changed, the new status
  /// is judged, but a response that was a success keeps its status and stays a success. In a call whose answer is in
  /// the body, a response with an expected status whose body is lost counts as no response, and this function is not
  /// called for it, unless the caller has cancelled the call.
  virtual void afterRequest(FetchResponse& response) { static_cast<void>(response); }
};

/// A list of interceptors as an argument. It refers to the caller's shared_ptrs, which are copied before the function
/// returns.
///
/// It is made from up to eight pointers in braces, to any classes derived from Interceptor, or from a std::vector. It
/// is trivially copyable for the reason that StringListView gives.
class InterceptorListView {
 public:
  static constexpr std::size_t maxInBraces = 8;            ///< how many pointers may stand in braces
  using List = std::vector<std::shared_ptr<Interceptor>>;  ///< a list of any length

  /// An empty list.
  constexpr InterceptorListView() noexcept = default;

  /// A list of pointers in braces: `{counter, tracer}`. *Lifetime*: they must live until the full expression ends.
  template <std::derived_from<Interceptor>... I>
  requires(sizeof...(I) > 0) constexpr InterceptorListView(const std::shared_ptr<I>&... interceptors) noexcept
      : items_{Item{&interceptors, &shareAs<I>}...}, size_(sizeof...(I)) {
    static_assert(sizeof...(I) <= maxInBraces, "more than 8 interceptors in braces: put them into a std::vector first");
  }

  /// A list of the pointers in a vector, which must live until the full expression ends.
  InterceptorListView(const List& list) noexcept : list_(&list) {}

  /// Copies of the pointers, in order. The library keeps these.
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

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <box/error.hpp>
#include <box/support/secret.hpp>

/// What a browser that comes back from Box says to the program, and what it is told. No I/O.
namespace box::cli {

/// The head of an HTTP request, fed piece by piece. Only the request line is looked at: the rest is the browser's.
/// Holds the authorization code: wiped when it goes.
class RequestHead {
 public:
  static constexpr std::size_t limit = 8 * 1024;
  enum class State { incomplete, complete, malformed, tooLarge };

  RequestHead() { text_.reserve(limit); }
  ~RequestHead();
  RequestHead(const RequestHead&) = delete;
  RequestHead& operator=(const RequestHead&) = delete;

  State feed(std::string_view bytes);
  State state() const noexcept { return state_; }
  bool empty() const noexcept { return text_.empty(); }
  /// Of a complete one.
  std::string_view method() const noexcept;
  std::string_view target() const noexcept;

 private:
  State examine(std::size_t from);

  std::string text_;  // never grows beyond what is reserved: a copy left behind would not be wiped
  std::size_t methodEnd_ = 0;
  std::size_t targetEnd_ = 0;
  State state_ = State::incomplete;
};

/// What to answer, and what came of the sign-in; neither `code` nor `failure`: this was not Box's answer, wait on.
struct RedirectAnswer {
  int status = 400;
  std::string text;
  Secret code;
  std::optional<BoxSdkError> failure;

  bool settles() const noexcept { return failure || !code.empty(); }
};

/// `path`: to which Box was told to send the browser. `state`: that it has to bring back.
RedirectAnswer judgeRedirect(const RequestHead& head, std::string_view path, std::string_view state);

/// A whole HTTP response, after which the connection is closed. Says nothing that the request said.
std::string httpPage(int status, std::string_view text);

}  // namespace box::cli

#pragma once

#include <box/emulator/emulator.hpp>

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace box::inline v0_1::emulator {

/// The parts of a request that decide its answer.
struct BoxRequest {
  std::string method;
  std::string target;
  std::vector<Header> headers;
  std::string body;
};

/// An answer of Box.
struct BoxAnswer {
  int status = 0;
  /// Without Content-Length, Connection and Date, which are added when the answer is sent.
  std::vector<Header> headers;
  std::string body;
  std::string boxRequestId;
  /// Set for an accepted termination, except sequence, connection and time, which the caller adds.
  std::optional<AcceptedTermination> accepted;
};

/// Makes Box's answers as they look on the wire. Not thread-safe: each answer gets a fresh id.
class BoxAnswers {
 public:
  BoxAnswers();

  /// An answer without a body, with the headers that every answer has.
  [[nodiscard]] BoxAnswer bare(int status);
  /// A JSON body, given as text.
  [[nodiscard]] BoxAnswer withJson(int status, std::string body);
  /// A page for a person.
  [[nodiscard]] BoxAnswer page(int status, std::string_view text);
  /// A ClientError with this status. Empty code and message stand for the usual ones.
  [[nodiscard]] BoxAnswer clientError(int status, std::string_view code = {}, std::string_view message = {});
  /// A ClientError with status 400, whose context names the wrong part of the request.
  [[nodiscard]] BoxAnswer badPart(std::string_view part, std::string_view message);
  /// The answer that Box's endpoints, or its OAuth endpoints, usually send with this status. Empty code and message
  /// stand for the usual ones.
  [[nodiscard]] BoxAnswer scripted(int status, std::string_view code, std::string_view message, bool oauth);
  /// Box's 202.
  [[nodiscard]] BoxAnswer accepted();
  /// Box's 401: an empty body, and the reason in WWW-Authenticate.
  [[nodiscard]] BoxAnswer unauthorized();
  /// Box's 403 for a token that lacks a scope: an empty body, and the reason in WWW-Authenticate.
  [[nodiscard]] BoxAnswer insufficientScope();
  /// An error answer of the OAuth endpoints.
  [[nodiscard]] BoxAnswer oauthError(int status, std::string_view error, std::string_view description);

  [[nodiscard]] std::string freshId(std::size_t hexDigits);

 private:
  [[nodiscard]] BoxAnswer error(int status, std::string_view code, std::string_view message, std::string_view reason,
                                std::string_view part);

  std::mt19937_64 random_;
};

}  // namespace box::inline v0_1::emulator

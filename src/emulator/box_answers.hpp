#pragma once

#include <box/emulator/emulator.hpp>

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace box::emulator {

/// A request as the decision needs it.
struct BoxRequest {
  std::string method;
  std::string target;
  std::vector<Header> headers;
  std::string body;
};

/// The decision.
struct BoxAnswer {
  int status = 0;
  /// Without Content-Length, Connection and Date, which belong to the transport.
  std::vector<Header> headers;
  std::string body;
  std::string boxRequestId;
  /// Set for an accepted termination; sequence, connection and time are the caller's.
  std::optional<AcceptedTermination> accepted;
};

/// Box's answers, as they look on the wire. Not thread-safe: it gives out fresh ids.
class BoxAnswers {
 public:
  BoxAnswers();

  /// No body, only the headers that every answer has.
  [[nodiscard]] BoxAnswer bare(int status);
  /// A JSON body, given as text.
  [[nodiscard]] BoxAnswer withJson(int status, std::string body);
  /// A page for a person.
  [[nodiscard]] BoxAnswer page(int status, std::string_view text);
  /// A ClientError of this status; empty code and message: the usual ones.
  [[nodiscard]] BoxAnswer clientError(int status, std::string_view code = {}, std::string_view message = {});
  /// A ClientError of status 400 that names the part of the request at fault in its context.
  [[nodiscard]] BoxAnswer badPart(std::string_view part, std::string_view message);
  /// What Box's endpoints, or its OAuth endpoints, usually send with this status; empty code and message: the usual
  /// ones.
  [[nodiscard]] BoxAnswer scripted(int status, std::string_view code, std::string_view message, bool oauth);
  /// Box's 202.
  [[nodiscard]] BoxAnswer accepted();
  /// Box's 401: an empty body, the reason in WWW-Authenticate.
  [[nodiscard]] BoxAnswer unauthorized();
  /// Box's 403 for a token that lacks a scope: the same.
  [[nodiscard]] BoxAnswer insufficientScope();
  /// An error of the OAuth endpoints.
  [[nodiscard]] BoxAnswer oauthError(int status, std::string_view error, std::string_view description);

  [[nodiscard]] std::string freshId(std::size_t hexDigits);

 private:
  [[nodiscard]] BoxAnswer error(int status, std::string_view code, std::string_view message, std::string_view reason,
                                std::string_view part);

  std::mt19937_64 random_;
};

}  // namespace box::emulator

#include "box_answers.hpp"

#include "http_text.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <utility>

namespace box::inline v0_1::emulator {
namespace json = boost::json;
namespace {

constexpr std::string_view acceptedMessage =
    "Request is successful, please check the admin events for the status of the job";

}  // namespace

BoxAnswers::BoxAnswers() : random_(std::random_device{}()) {}

BoxAnswer BoxAnswers::bare(int status) {
  BoxAnswer answer;
  answer.status = status;
  answer.boxRequestId = freshId(32);
  answer.headers.emplace_back("box-request-id", answer.boxRequestId);
  return answer;
}

BoxAnswer BoxAnswers::withJson(int status, std::string body) {
  BoxAnswer answer = bare(status);
  answer.body = std::move(body);
  answer.headers.emplace_back("Content-Type", "application/json");
  return answer;
}

BoxAnswer BoxAnswers::page(int status, std::string_view text) {
  BoxAnswer answer = bare(status);
  answer.body = "<!DOCTYPE html><title>Box</title><p>" + std::string(text) + "</p>\n";
  answer.headers.emplace_back("Content-Type", "text/html; charset=utf-8");
  return answer;
}

BoxAnswer BoxAnswers::unauthorized() {
  BoxAnswer answer = bare(401);
  answer.headers.emplace_back("WWW-Authenticate",
                              "Bearer realm=\"Service\", error=\"invalid_token\", "
                              "error_description=\"The access token provided is invalid.\"");
  return answer;
}

BoxAnswer BoxAnswers::insufficientScope() {
  BoxAnswer answer = bare(403);
  answer.headers.emplace_back("WWW-Authenticate",
                              "Bearer realm=\"Service\", error=\"insufficient_scope\", "
                              "error_description=\"The request requires higher privileges than provided by "
                              "the access token.\"");
  return answer;
}

BoxAnswer BoxAnswers::clientError(int status, std::string_view code, std::string_view message) {
  return error(status, code, message, {}, {});
}

BoxAnswer BoxAnswers::badPart(std::string_view part, std::string_view message) {
  return error(400, "bad_request", message, "invalid_parameter", part);
}

BoxAnswer BoxAnswers::error(int status, std::string_view code, std::string_view message, std::string_view reason,
                            std::string_view part) {
  if (code.empty()) code = usualCode(status);
  if (message.empty()) message = reasonPhrase(status);
  json::object body;
  body["type"] = "error";
  body["status"] = status;
  body["code"] = code;
  if (reason.empty()) {
    body["context_info"] = nullptr;
  } else {
    json::object entry;
    entry["reason"] = reason;
    entry["name"] = part;
    entry["message"] = message;
    json::array entries;
    entries.push_back(std::move(entry));
    json::object context;
    context["errors"] = std::move(entries);
    body["context_info"] = std::move(context);
  }
  body["help_url"] = "http://developers.box.com/docs/#errors";
  body["message"] = message;
  // This id differs from the header's, as with Box, so that clients do not confuse the two.
  body["request_id"] = freshId(16);
  return withJson(status, json::serialize(body));
}

BoxAnswer BoxAnswers::scripted(int status, std::string_view code, std::string_view message, bool oauth) {
  if (status == 202) return accepted();
  if (status < 400) return bare(status);
  if (oauth) return oauthError(status, code.empty() ? usualCode(status) : code, message);
  if (status == 401 && code.empty()) return unauthorized();
  return clientError(status, code, message);
}

BoxAnswer BoxAnswers::accepted() {
  // The text is fixed, because Box puts a space after the colon.
  return withJson(202, "{\"message\": \"" + std::string(acceptedMessage) + "\"}");
}

BoxAnswer BoxAnswers::oauthError(int status, std::string_view error, std::string_view description) {
  json::object body;
  body["error"] = error;
  body["error_description"] = description;
  return withJson(status, json::serialize(body));
}

std::string BoxAnswers::freshId(std::size_t hexDigits) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string id;
  while (id.size() < hexDigits) {
    std::uint64_t bits = random_();
    for (int i = 0; i < 16 && id.size() < hexDigits; ++i, bits >>= 4U) id += digits[bits & 15U];
  }
  return id;
}

}  // namespace box::inline v0_1::emulator

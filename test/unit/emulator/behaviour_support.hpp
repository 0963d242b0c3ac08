#pragma once

#include "emulator/box_behaviour.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// Helpers for the tests of the emulator's decisions.
namespace box::inline v0_1::emulator::test {

// --- what Box's OpenAPI document says of the bodies -----------------------------------------------------------------

enum class Type { string, integer, nullableObject, array };

struct FieldFact {
  std::string_view name;
  Type type;
  /// The allowed values; empty: any. For ClientError's `code` it is empty, because real codes are not all on the list.
  std::vector<std::string_view> values;
};

[[nodiscard]] const std::vector<FieldFact>& clientErrorFacts();
[[nodiscard]] const std::vector<FieldFact>& messageFacts();
[[nodiscard]] const std::vector<FieldFact>& oauthErrorFacts();
[[nodiscard]] const std::vector<FieldFact>& accessTokenFacts();
[[nodiscard]] const std::vector<FieldFact>& userFacts();
/// Compares a body with the facts. Empty: the body complies.
[[nodiscard]] std::string objection(const std::string& text, const std::vector<FieldFact>& facts);

[[nodiscard]] boost::json::object bodyOf(const BoxAnswer& answer);
/// A member of the body; empty where it is not a string.
[[nodiscard]] std::string textOf(const BoxAnswer& answer, std::string_view key);

// --- requests -------------------------------------------------------------------------------------------------------

/// The time at which the tests begin, or a later one, by both clocks.
[[nodiscard]] Moment at(std::chrono::milliseconds sinceStart = std::chrono::milliseconds(0));
/// The time at which the tests begin, in seconds since 1970.
constexpr std::int64_t startSeconds = 1'767'225'600;

[[nodiscard]] BoxRequest request(const std::string& target, const std::string& body,
                                 const std::string& token = "token-1");
[[nodiscard]] BoxRequest users(const std::string& body = R"({"user_ids":["1"],"user_logins":["a@b.c"]})",
                               const std::string& token = "token-1");
[[nodiscard]] BoxRequest groups(const std::string& body = R"({"group_ids":["1"]})");
/// A termination that is valid if its token is.
[[nodiscard]] BoxRequest usersWith(const std::string& token);
[[nodiscard]] BoxRequest form(const std::string& target, const std::string& body);
[[nodiscard]] BoxRequest get(const std::string& target, const std::string& token = std::string());
/// The answer of a new Box.
[[nodiscard]] BoxAnswer once(const BoxRequest& made, const EmulatorOptions& options = EmulatorOptions());

/// An application with the credentials of `clientFields`.
[[nodiscard]] EmulatorOptions application();
/// The application's fields of a form, each followed by an ampersand.
constexpr const char* clientFields = "client_id=id&client_secret=secret&";

/// A form or a body, and the error with which it is refused.
struct Refusal {
  std::string body;
  std::string message;
};

}  // namespace box::inline v0_1::emulator::test

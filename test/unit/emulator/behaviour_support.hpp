#pragma once

#include "emulator/box_behaviour.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// What the tests of the emulator's decisions share.
namespace box::emulator::test {

// --- what Box's OpenAPI document says of the bodies -----------------------------------------------------------------

enum class Type { string, integer, nullableObject, array };

struct FieldFact {
  std::string_view name;
  Type type;
  /// A closed set of values; empty: any. ClientError's `code` is left open: real codes go beyond the listed ones.
  std::vector<std::string_view> values;
};

[[nodiscard]] const std::vector<FieldFact>& clientErrorFacts();
[[nodiscard]] const std::vector<FieldFact>& messageFacts();
[[nodiscard]] const std::vector<FieldFact>& oauthErrorFacts();
[[nodiscard]] const std::vector<FieldFact>& accessTokenFacts();
[[nodiscard]] const std::vector<FieldFact>& userFacts();
/// Holds a body against the facts; the empty string when it complies.
[[nodiscard]] std::string objection(const std::string& text, const std::vector<FieldFact>& facts);

[[nodiscard]] boost::json::object bodyOf(const BoxAnswer& answer);
/// A member of the body; empty when it is no string.
[[nodiscard]] std::string textOf(const BoxAnswer& answer, std::string_view key);

// --- requests -------------------------------------------------------------------------------------------------------

/// The moment at which the tests begin, and later ones, by both clocks.
[[nodiscard]] Moment at(std::chrono::milliseconds sinceStart = std::chrono::milliseconds(0));
/// Seconds since 1970 at the start.
constexpr std::int64_t startSeconds = 1'767'225'600;

[[nodiscard]] BoxRequest request(const std::string& target, const std::string& body,
                                 const std::string& token = "token-1");
[[nodiscard]] BoxRequest users(const std::string& body = R"({"user_ids":["1"],"user_logins":["a@b.c"]})",
                               const std::string& token = "token-1");
[[nodiscard]] BoxRequest groups(const std::string& body = R"({"group_ids":["1"]})");
/// A termination that is good but for its token.
[[nodiscard]] BoxRequest usersWith(const std::string& token);
[[nodiscard]] BoxRequest form(const std::string& target, const std::string& body);
[[nodiscard]] BoxRequest get(const std::string& target, const std::string& token = std::string());
/// What a fresh Box answers.
[[nodiscard]] BoxAnswer once(const BoxRequest& made, const EmulatorOptions& options = EmulatorOptions());

/// An application with the credentials of `clientFields`.
[[nodiscard]] EmulatorOptions application();
/// Its fields of a form, each with an ampersand behind it.
constexpr const char* clientFields = "client_id=id&client_secret=secret&";

/// A form, or a body, and what it is refused with.
struct Refusal {
  std::string body;
  std::string message;
};

}  // namespace box::emulator::test

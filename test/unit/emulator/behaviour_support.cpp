#include "behaviour_support.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace box::inline v0_1::emulator::test {

namespace json = boost::json;
namespace {

bool hasType(const json::value& value, Type type) {
  switch (type) {
    case Type::string: return value.is_string();
    case Type::integer: return value.is_int64();
    case Type::nullableObject: return value.is_object() || value.is_null();
    case Type::array: return value.is_array();
  }
  return false;
}

}  // namespace

const std::vector<FieldFact>& clientErrorFacts() {
  static const std::vector<FieldFact> facts = {{"type", Type::string, {"error"}},
                                               {"status", Type::integer, {}},
                                               {"code", Type::string, {}},
                                               {"message", Type::string, {}},
                                               {"help_url", Type::string, {}},
                                               {"request_id", Type::string, {}},
                                               {"context_info", Type::nullableObject, {}}};
  return facts;
}

const std::vector<FieldFact>& messageFacts() {
  static const std::vector<FieldFact> facts = {{"message", Type::string, {}}};
  return facts;
}

const std::vector<FieldFact>& oauthErrorFacts() {
  static const std::vector<FieldFact> facts = {{"error", Type::string, {}}, {"error_description", Type::string, {}}};
  return facts;
}

const std::vector<FieldFact>& accessTokenFacts() {
  static const std::vector<FieldFact> facts = {
      {"access_token", Type::string, {}}, {"expires_in", Type::integer, {}},   {"token_type", Type::string, {"bearer"}},
      {"restricted_to", Type::array, {}}, {"refresh_token", Type::string, {}}, {"issued_token_type", Type::string, {}}};
  return facts;
}

const std::vector<FieldFact>& userFacts() {
  static const std::vector<FieldFact> facts = {
      {"type", Type::string, {"user"}},
      {"id", Type::string, {}},
      {"name", Type::string, {}},
      {"login", Type::string, {}},
      {"created_at", Type::string, {}},
      {"modified_at", Type::string, {}},
      {"language", Type::string, {}},
      {"timezone", Type::string, {}},
      {"space_amount", Type::integer, {}},
      {"space_used", Type::integer, {}},
      {"max_upload_size", Type::integer, {}},
      {"status", Type::string, {"active", "inactive", "cannot_delete_edit", "cannot_delete_edit_upload"}},
      {"job_title", Type::string, {}},
      {"phone", Type::string, {}},
      {"address", Type::string, {}},
      {"avatar_url", Type::string, {}},
      {"notification_email", Type::nullableObject, {}}};
  return facts;
}

std::string objection(const std::string& text, const std::vector<FieldFact>& facts) {
  boost::system::error_code ec;
  const json::value parsed = json::parse(text, ec);
  if (ec || !parsed.is_object()) return "no JSON object: " + text;
  for (const auto& entry : parsed.get_object()) {
    const auto fact = std::find_if(facts.begin(), facts.end(),
                                   [&](const FieldFact& f) { return f.name == std::string_view(entry.key()); });
    if (fact == facts.end()) return "undocumented field " + std::string(entry.key());
    if (!hasType(entry.value(), fact->type)) return "wrong type of " + std::string(entry.key());
    if (fact->values.empty()) continue;
    const std::string_view value = entry.value().get_string();
    if (std::find(fact->values.begin(), fact->values.end(), value) == fact->values.end()) {
      return "wrong value of " + std::string(entry.key());
    }
  }
  return {};
}

json::object bodyOf(const BoxAnswer& answer) { return json::parse(answer.body).as_object(); }

std::string textOf(const BoxAnswer& answer, std::string_view key) {
  const json::object body = bodyOf(answer);
  const json::value* value = body.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Moment at(std::chrono::milliseconds sinceStart) {
  Moment moment;
  moment.steady += sinceStart;
  moment.wall += std::chrono::seconds(startSeconds) + sinceStart;
  return moment;
}

BoxRequest request(const std::string& target, const std::string& body, const std::string& token) {
  BoxRequest made;
  made.method = "POST";
  made.target = target;
  made.body = body;
  made.headers.emplace_back("authorization", "Bearer " + token);
  made.headers.emplace_back("content-type", "application/json; charset=utf-8");
  return made;
}

BoxRequest users(const std::string& body, const std::string& token) {
  return request("/2.0/users/terminate_sessions", body, token);
}

BoxRequest groups(const std::string& body) { return request("/2.0/groups/terminate_sessions", body); }

BoxRequest form(const std::string& target, const std::string& body) {
  BoxRequest made;
  made.method = "POST";
  made.target = target;
  made.body = body;
  made.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  return made;
}

BoxAnswer once(const BoxRequest& made, const EmulatorOptions& options) {
  BoxBehaviour box(options);
  return box.answer(made, at());
}

BoxRequest usersWith(const std::string& token) { return users(R"({"user_ids":["1"],"user_logins":[]})", token); }

BoxRequest get(const std::string& target, const std::string& token) {
  BoxRequest made;
  made.method = "GET";
  made.target = target;
  if (!token.empty()) made.headers.emplace_back("Authorization", "Bearer " + token);
  return made;
}

EmulatorOptions application() {
  EmulatorOptions options;
  options.clientId = "id";
  options.clientSecret = "secret";
  return options;
}

}  // namespace box::inline v0_1::emulator::test

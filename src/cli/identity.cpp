#include "cli/identity.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <box/error.hpp>

#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

std::string textIn(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  const json::string* const text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(*text);
}

/// None where the answer is not a user of Box's.
std::optional<Identity> identityIn(const std::string& body) {
  boost::system::error_code error;
  const json::value document = json::parse(body, error);
  const json::object* const user = error ? nullptr : document.if_object();
  if (user == nullptr) return std::nullopt;
  Identity out;
  out.id = textIn(*user, "id");
  out.name = textIn(*user, "name");
  out.login = textIn(*user, "login");
  const json::value* const enterprise = user->if_contains("enterprise");
  if (enterprise != nullptr && enterprise->is_object()) {
    out.enterpriseId = textIn(enterprise->get_object(), "id");
    out.enterpriseName = textIn(enterprise->get_object(), "name");
  }
  if (out.id.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::string inWords(const Identity& identity) {
  std::string out = identity.name.empty() ? "user" : printable(identity.name, 100);
  out.append(" (").append(identity.login.empty() ? "" : printable(identity.login, 100) + ", ");
  out.append("id ").append(printable(identity.id, 30)).append(")");
  if (!identity.enterpriseName.empty()) out.append(", ").append(printable(identity.enterpriseName, 100));
  return out;
}

asio::awaitable<Identity> askWhoIAm(BoxClient client) {
  FetchOptions request;
  request.operation = "getUserMe";
  request.method = "GET";
  request.url = "/2.0/users/me";
  request.expectedStatus = 200;
  const FetchResponse response = co_await client.makeRequest(std::move(request));
  std::optional<Identity> identity;
  if (response.bodyIntact) identity = identityIn(response.body);
  if (!identity) throw BoxSdkError(Errc::unexpectedResponse, "the answer to GET /2.0/users/me is not a user of Box's");
  co_return *std::move(identity);
}

}  // namespace box::cli

#include "cli/identity.hpp"

#include <optional>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "cli/error_text.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

std::string textIn(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  const json::string* const text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string() : std::string(*text);
}

/// Reads the user from Box's answer. No value: the answer is not a user.
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
  const std::string enterprise = enterpriseInWords(identity);
  return enterprise.empty() ? out : out + " of " + enterprise;
}

std::string enterpriseInWords(const Identity& identity) {
  const std::string id = identity.enterpriseId.empty() ? "" : "enterprise " + printable(identity.enterpriseId, 30);
  if (identity.enterpriseName.empty()) return id;
  return printable(identity.enterpriseName, 100) + (id.empty() ? "" : " (" + id + ")");
}

std::string adviceForIdentity(const BoxSdkError& error, Method method) {
  const error_code& code = error.code();
  if (code == Errc::forbidden)
    return "The app or its user may not even ask who it is: see its scopes in Box's console.";
  if (code == Errc::notFound || code == Errc::badRequest) return "Is --base-url right?";
  if (code == Errc::credentialsInvalid || code == Errc::appNotAuthorized) return {};  // what() says what to do
  if (code == Errc::unauthorized && method != Method::developerToken) return "Is this token for this Box?";
  if (code == Errc::serverError) return "Box has a problem: try again later.";  // hintFor() would speak of entries
  return hintFor(error);
}

asio::awaitable<Identity> askWhoIAm(BoxClient client) {
  FetchOptions request;
  request.operation = "getUserMe";
  request.method = "GET";
  request.url = "/2.0/users/me?fields=enterprise,login,name,id";  // Box gives the enterprise only if asked for it
  request.expectedStatus = 200;
  const FetchResponse response = co_await client.makeRequest(std::move(request));
  std::optional<Identity> identity;
  if (response.bodyIntact) identity = identityIn(response.body);
  if (!identity) throw BoxSdkError(Errc::unexpectedResponse, "the answer to GET /2.0/users/me is not a user of Box's");
  co_return *std::move(identity);
}

}  // namespace box::cli

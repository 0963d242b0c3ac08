#include "cli/identity.hpp"

#include <box/read/users.hpp>

#include "cli/error_text.hpp"
#include "cli/text.hpp"

namespace box::cli {

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

std::string adviceForIdentity(const BoxSdkError& error) {
  const error_code& code = error.code();
  if (code == Errc::forbidden)
    return "The app or its user may not even ask who it is: see its scopes in Box's console.";
  if (code == Errc::notFound || code == Errc::badRequest) return "Is --base-url right?";
  if (code == Errc::credentialsInvalid || code == Errc::appNotAuthorized) return {};  // what() says what to do
  if (code == Errc::serverError) return "Box has a problem: try again later.";
  return hintFor(error, Purpose::read);
}

asio::awaitable<Identity> askWhoIAm(BoxClient client) {
  GetUserMeQueryParams params;
  params.fields = {"enterprise", "login", "name", "id"};  // Box gives the enterprise only if asked for it
  const UserFull user = co_await client.users.getUserMe(params);
  if (user.id.empty())
    throw BoxSdkError(Errc::unexpectedResponse, "the answer to GET /2.0/users/me is not a user of Box's");
  Identity out{user.id, user.name, user.login, user.enterprise.id, user.enterprise.name};
  co_return out;
}

}  // namespace box::cli

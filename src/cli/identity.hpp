#pragma once

#include <string>

#include <box/client.hpp>
#include <box/error.hpp>
#include <box/support/asio.hpp>

#include "cli/arguments.hpp"

namespace box::cli {

/// The user to whom a token belongs. The texts come from Box: make them fit for a terminal before they are shown.
struct Identity {
  std::string id;  ///< never empty
  std::string name;
  std::string login;
  std::string enterpriseId;    ///< empty: Box did not say
  std::string enterpriseName;  ///< empty: Box did not say
};

/// "Ann Admin (ann@example.com, id 11446498) of Example Inc. (enterprise 5)", fit for a terminal.
std::string inWords(const Identity& identity);
/// "Example Inc. (enterprise 5)", fit for a terminal; empty: Box did not say.
std::string enterpriseInWords(const Identity& identity);

/// What to do where askWhoIAm() has failed; empty where the error's text says it. It differs from hintFor(), which
/// speaks of entries that this call does not have.
std::string adviceForIdentity(const BoxSdkError& error);

/// Calls GET /2.0/users/me, with the user's enterprise. *Errors*: BoxSdkError. *Cancellation*: as a call of the client.
asio::awaitable<Identity> askWhoIAm(BoxClient client);

}  // namespace box::cli

#pragma once

#include <string>

#include <box/client.hpp>
#include <box/support/asio.hpp>

namespace box::cli {

/// The user whom a token belongs to, as Box says. Texts are Box's: make them fit for a terminal.
struct Identity {
  std::string id;  ///< never empty
  std::string name;
  std::string login;
  std::string enterpriseId;    ///< empty: Box did not say
  std::string enterpriseName;  ///< empty: Box did not say
};

/// "Ann Admin (ann@example.com, id 11446498), Example Inc.", fit for a terminal.
std::string inWords(const Identity& identity);

/// GET /2.0/users/me. *Errors*: BoxSdkError. *Cancellation*: as a call of the client.
asio::awaitable<Identity> askWhoIAm(BoxClient client);

}  // namespace box::cli

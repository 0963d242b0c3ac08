// Makes calls with secrets, destroys the client and the io_context, and searches its own memory for the secrets. Usage:
// box_memory_scan URL CA-FILE TOKEN CLIENT-SECRET REFRESH-TOKEN CODE. The last four are disguised, because arguments
// are in memory too: each byte is exclusive-or'ed with 0x5a and written as two hex digits. Exit status: 0: nothing was
// found; 1: something was found.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "box/auth/ccg.hpp"
#include "box/auth/developer_token.hpp"
#include "box/auth/oauth.hpp"
#include "box/auth/token_storage.hpp"
#include "box/client.hpp"

namespace {

namespace asio = boost::asio;

constexpr unsigned char mask = 0x5a;

/// A secret that is never in memory in plain form.
struct Needle {
  const char* name;
  std::string masked;
};

std::string disguised(std::string_view secret) {
  std::string masked(secret);
  for (char& c : masked) c = static_cast<char>(static_cast<unsigned char>(c) ^ mask);
  return masked;
}

std::string maskedOf(const char* hex) {
  std::string masked;
  for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
    const char digits[] = {hex[0], hex[1], '\0'};
    masked += static_cast<char>(std::strtoul(digits, nullptr, 16));
  }
  return masked;
}

box::Secret secretOf(const std::string& masked) {
  std::string plain(masked);
  for (char& c : plain) c = static_cast<char>(static_cast<unsigned char>(c) ^ mask);
  return box::Secret(std::move(plain));  // Secret wipes its source
}

asio::awaitable<void> call(box::BoxClient client, std::size_t logins) {
  const std::vector<std::string> many(logins, std::string(200, 'a') + "@example.com");
  co_await client.sessionTermination.terminateUsersSessions({.userLogins = many});
}

box::NetworkSession sessionOf(const std::string& url, const std::string& caFile) {
  box::TlsOptions tls;
  tls.caFile = caFile;
  return box::NetworkSession().withTls(tls).withCustomBaseUrls(box::BaseUrls(url));
}

asio::awaitable<void> signIn(std::shared_ptr<box::BoxOAuth> oauth, box::TokenContext context, box::Secret code) {
  co_await oauth->getTokensAuthorizationCodeGrant(std::move(code), std::move(context));
}

/// Exchanges an authorization code, as after the sign-in of a person.
void exchange(const std::string& url, const std::string& caFile, const std::shared_ptr<box::BoxOAuth>& oauth,
              box::Secret code) {
  asio::io_context io;
  const box::BoxClient client(io.get_executor(), oauth, sessionOf(url, caFile));
  asio::co_spawn(io, signIn(oauth, client.tokenContext(), std::move(code)), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  io.run();
}

/// Makes small requests, larger ones than a connection keeps buffers for, and small ones again.
void makeCalls(const std::string& url, const std::string& caFile, std::shared_ptr<box::Authentication> auth) {
  asio::io_context io;
  box::BoxClient client(io.get_executor(), std::move(auth), sessionOf(url, caFile));
  for (const std::size_t logins : {1U, 1000U, 1U, 20U}) {
    asio::co_spawn(io, call(client, logins), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    io.run();
    io.restart();
  }
}

std::vector<Needle> useAll(char** arguments) {
  const std::string url = arguments[1], caFile = arguments[2];
  std::vector<Needle> needles = {{"the developer token", maskedOf(arguments[3])},
                                 {"the client secret", maskedOf(arguments[4])},
                                 {"the first refresh token", maskedOf(arguments[5])},
                                 {"the authorization code", maskedOf(arguments[6])}};
  makeCalls(url, caFile, std::make_shared<box::BoxDeveloperTokenAuth>(secretOf(needles[0].masked)));

  const auto remember = [&](const char* access, const char* refresh, box::Authentication& auth) {
    const auto token = auth.currentToken(std::chrono::system_clock::now());
    if (!token) throw std::runtime_error("no token");
    needles.push_back({access, disguised(token->value().reveal())});
    if (!token->refreshToken().empty()) needles.push_back({refresh, disguised(token->refreshToken().reveal())});
  };
  {
    box::CcgConfig config;
    config.clientId = "app";
    config.clientSecret = secretOf(needles[1].masked);
    config.enterpriseId = "4711";
    const auto ccg = std::make_shared<box::BoxCcgAuth>(config);
    makeCalls(url, caFile, ccg);
    remember("the token of the client credentials grant", "", *ccg);
  }
  {
    box::OAuthConfig config;
    config.clientId = "app";
    config.clientSecret = secretOf(needles[1].masked);
    const auto longAgo = std::chrono::system_clock::now() - std::chrono::hours(1);
    config.tokenStorage = std::make_shared<box::InMemoryTokenStorage>(
        std::make_shared<const box::AccessToken>(box::Secret("expired"), longAgo, secretOf(needles[2].masked)));
    const auto oauth = std::make_shared<box::BoxOAuth>(config);
    makeCalls(url, caFile, oauth);
    remember("the token of OAuth", "the new refresh token", *oauth);
    exchange(url, caFile, oauth, secretOf(needles[3].masked));
    remember("the token of the sign-in", "the refresh token of the sign-in", *oauth);
  }
  return needles;
}

std::array<char, 1 << 20> window;  // a copy of the memory that is searched; it is not searched itself

/// How often the secret is in the first `size` bytes of the window.
std::size_t occurrences(const Needle& needle, std::size_t size) {
  std::size_t count = 0;
  const std::size_t length = needle.masked.size();
  const char first = static_cast<char>(static_cast<unsigned char>(needle.masked[0]) ^ mask);
  const char* at = window.data();
  const char* const end = window.data() + size;
  while (length <= static_cast<std::size_t>(end - at)) {
    at = static_cast<const char*>(std::memchr(at, first, static_cast<std::size_t>(end - at) - length + 1));
    if (at == nullptr) break;
    std::size_t i = 0;
    while (i < length && (static_cast<unsigned char>(at[i]) ^ mask) == static_cast<unsigned char>(needle.masked[i]))
      ++i;
    if (i == length) ++count;
    ++at;
  }
  return count;
}

std::size_t scan(const std::vector<Needle>& needles) {
  std::FILE* maps = std::fopen("/proc/self/maps", "r");
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  if (maps == nullptr || memory < 0) throw std::runtime_error("no view of the memory");
  const auto mine = reinterpret_cast<std::uintptr_t>(window.data());
  constexpr std::size_t overlap = 4096;
  std::size_t found = 0;
  std::array<char, 1024> line{};
  while (std::fgets(line.data(), line.size(), maps) != nullptr) {
    unsigned long begin = 0, end = 0;
    char access[8] = "";
    if (std::sscanf(line.data(), "%lx-%lx %7s", &begin, &end, access) != 3 || access[1] != 'w') continue;
    for (unsigned long at = begin; at < end;) {
      if (at >= mine && at < mine + window.size()) at = mine + window.size();
      unsigned long until = std::min(end, at + window.size());
      if (at < mine && until > mine) until = mine;
      if (at >= until) break;
      const auto n = ::pread(memory, window.data(), until - at, static_cast<off_t>(at));
      if (n <= 0) break;
      for (const Needle& needle : needles) {
        if (const std::size_t count = occurrences(needle, static_cast<std::size_t>(n)); count != 0) {
          found += count;
          std::fprintf(stderr, "%s: %zu times in %s", needle.name, count, line.data());
        }
      }
      if (until == end || until == mine) {
        at = until;
      } else {
        at = until - overlap;
      }
    }
  }
  std::fclose(maps);
  ::close(memory);
  return found;
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 7) return 2;
  const std::vector<Needle> needles = useAll(arguments);
  if (needles.size() != 9) return 3;
  if (std::getenv("BOX_TEST_LEAVE_ONE") != nullptr) {
    // This secret is left in memory on purpose, to check that the search finds one.
    static std::string left;
    left = disguised(needles[4].masked);
    return scan(needles) != 0 ? 1 : 0;
  }
  return scan(needles) == 0 ? 0 : 1;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "%s\n", failure.what());
  return 4;
}

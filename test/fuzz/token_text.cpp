// The input is a stored token.
#include "auth/token_text.hpp"

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace box;
  using namespace box::fuzz;
  const auto token = decodeToken(textOf(data, size));
  if (!token) return 0;
  require(!token->value().empty(), "a stored token is valid");
  const Secret again = encodeToken(*token);
  const auto same = decodeToken(again.reveal());
  require(same != nullptr, "what is written can be read");
  require(same->value().reveal() == token->value().reveal() &&
              same->refreshToken().reveal() == token->refreshToken().reveal() &&
              same->expiresAt() == token->expiresAt(),
          "a written token is read as the same token");
  return 0;
}

// The input is an access token.
#include "box/auth/authentication.hpp"

#include "box/error.hpp"
#include "fuzz/fuzz.hpp"
#include "network/validation.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace box;
  using namespace box::fuzz;
  const std::string_view text = textOf(data, size);
  try {
    const AccessToken token{Secret(text)};
    const std::string_view value = token.value().reveal();
    require(!value.empty() && value.size() <= 8192, "a token has 1 to 8192 bytes");
    require(isFieldValue(value) && value.find_first_of(" \t\",;") == std::string_view::npos,
            "a token is fit for a header");
    require(text.starts_with(value) && text.size() - value.size() <= 2, "the token is the text without its line break");
    require(AccessToken{Secret(value)}.value().reveal() == value, "an accepted token has the characters of a token");
  } catch (const BoxSdkError& error) {
    static Refusals refusals(8);
    require(error.code() == Errc::invalidConfiguration, "a refusal has its code");
    refusals.add(error.what());
  }
  return 0;
}

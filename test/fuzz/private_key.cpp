// The input is a private key, which is read with and without a passphrase.
#include "auth/private_key.hpp"

#include <openssl/err.h>

#include "box/error.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace box;
using namespace box::fuzz;

void parse(std::string_view text, std::string_view passphrase) {
  try {
    const PrivateKey key = PrivateKey::fromPem(text, passphrase);
    require(!key.sign("data", JwtAlgorithm::RS512).empty(), "an accepted key can sign");
  } catch (const BoxSdkError& error) {
    const std::string_view what = error.what();
    require(error.code() == Errc::invalidConfiguration, "a refusal is an invalid configuration");
    require(what.starts_with("JwtConfig::privateKey"), "a refusal names the field");
    require(what.size() < 300 && isPrintableLine(what), "a refusal is one short line");
  }
  require(ERR_peek_error() == 0, "OpenSSL's list of errors is unchanged");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = textOf(data, size);
  parse(text, "");
  parse(text, "secret");
  return 0;
}

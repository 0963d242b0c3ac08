// The input is a configuration file from Box's console.
#include "box/auth/jwt.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "box/error.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace box;
using namespace box::fuzz;
namespace json = boost::json;

std::string written(const JwtConfig& config) {
  const json::object appAuth{{"publicKeyID", config.publicKeyId},
                             {"privateKey", config.privateKey.reveal()},
                             {"passphrase", config.privateKeyPassphrase.reveal()}};
  const json::object settings{
      {"clientID", config.clientId}, {"clientSecret", config.clientSecret.reveal()}, {"appAuth", appAuth}};
  return json::serialize(
      json::object{{"boxAppSettings", settings}, {"enterpriseID", config.enterpriseId}, {"userID", config.userId}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = textOf(data, size);
  try {
    const JwtConfig config = JwtConfig::fromJson(text);
    require(!config.clientId.empty() && !config.clientSecret.empty() && !config.publicKeyId.empty() &&
                !config.privateKey.empty(),
            "a configuration is complete");
    const std::string again = written(config);
    require(written(JwtConfig::fromJson(again)) == again,
            "a configuration that is written again is read as the same one");
  } catch (const BoxSdkError& error) {
    const std::string_view what = error.what();
    require(error.code() == Errc::invalidConfiguration, "a refusal is an invalid configuration");
    require(what.starts_with("JwtConfig::fromJson: "), "a refusal names the function");
    require(what.size() < 300 && isPrintableLine(what), "a refusal is one short line");
  }
  return 0;
}

#include "cli/version_text.hpp"

#include <string_view>

#include <boost/version.hpp>

#include <openssl/crypto.h>
#include <openssl/opensslv.h>

#include <box/version.hpp>

namespace box::cli {

std::string versionText() {
  const std::string_view commit = builtCommit();
  std::string out = "box-sessions " + std::string(version());
  if (!commit.empty()) out.append(" (commit ").append(commit).append(")");
  out += "\nBoost " + std::to_string(BOOST_VERSION / 100'000) + "." + std::to_string(BOOST_VERSION / 100 % 1'000) +
         "." + std::to_string(BOOST_VERSION % 100);
  // A shared OpenSSL may have another version than the headers.
  out += "\nOpenSSL " + std::string(OpenSSL_version(OPENSSL_VERSION_STRING)) + " (built with " + OPENSSL_VERSION_STR +
         ")\n";
  return out;
}

}  // namespace box::cli

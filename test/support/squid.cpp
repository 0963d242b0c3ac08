#include "support/squid.hpp"

#include <array>
#include <sstream>
#include <vector>

#include <openssl/evp.h>
#include <pwd.h>
#include <unistd.h>

namespace box::test {
namespace {

/// The helper accepts this in place of a crypt() string.
std::string md5Of(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr);
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    const unsigned byte = digest[i];
    for (const unsigned digit : {byte >> 4U, byte & 15U}) out += "0123456789abcdef"[digit];
  }
  return out;
}

}  // namespace

std::string Squid::program() {
  return Daemon::find({"/usr/sbin/squid", "/usr/local/sbin/squid", "/usr/local/squid/sbin/squid"});
}

std::string Squid::passwordHelper() {
  return Daemon::find({"/usr/lib/squid/basic_ncsa_auth", "/usr/lib64/squid/basic_ncsa_auth",
                       "/usr/local/squid/libexec/basic_ncsa_auth"});
}

Squid::Squid(const std::string& username, const std::string& password, std::uint16_t only) {
  // Squid does not run as root: it changes to another user.
  const passwd* user = nullptr;
  for (const char* name : {"proxy", "squid", "nobody"}) {
    if (::geteuid() == 0 && user == nullptr) user = ::getpwnam(name);
  }
  const auto prepare = [&](std::uint16_t port) {
    std::ostringstream config;
    config << "http_port 127.0.0.1:" << port << "\n"
           << "pid_filename " << daemon_.path("squid.pid") << "\n"
           << "access_log stdio:" << daemon_.path("access.log") << "\n"
           << "cache_log " << daemon_.path("cache.log") << "\n"
           << "coredump_dir " << daemon_.path("") << "\n"
           << "cache deny all\nnetdb_filename none\npinger_enable off\nshutdown_lifetime 0 seconds\n"
           << "visible_hostname localhost\n"
           << "dns_nameservers 127.0.0.1\n";  // hosts come from /etc/hosts, because a test must not ask a name server
    if (user != nullptr) config << "cache_effective_user " << user->pw_name << "\n";
    if (only != 0) config << "acl allowed port " << only << "\nhttp_access deny !allowed\n";
    if (username.empty()) {
      config << "http_access allow all\n";
    } else {
      daemon_.write("passwords", username + ":" + md5Of(password) + "\n");
      config << "auth_param basic program " << passwordHelper() << " " << daemon_.path("passwords") << "\n"
             << "auth_param basic realm test\n"
             << "acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n";
    }
    daemon_.write("squid.conf", config.str());
    if (user != nullptr) daemon_.giveTo(user->pw_uid);
    return std::vector<std::string>{program(), "-N", "-f", daemon_.path("squid.conf")};
  };
  daemon_.start(prepare, "squid.pid", "cache.log");
}

}  // namespace box::test

#include "support/tinyproxy.hpp"

#include <sstream>
#include <vector>

namespace box::test {

std::string Tinyproxy::program() {
  return Daemon::find(
      {"/usr/bin/tinyproxy", "/usr/sbin/tinyproxy", "/usr/local/bin/tinyproxy", "/usr/local/sbin/tinyproxy"});
}

Tinyproxy::Tinyproxy(const std::string& username, const std::string& password, std::uint16_t only) {
  const auto prepare = [&](std::uint16_t port) {
    std::ostringstream config;
    config << "Port " << port << "\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 600\nMaxClients 200\n"
           << "PidFile \"" << daemon_.path("tinyproxy.pid") << "\"\n"
           << "LogFile \"" << daemon_.path("tinyproxy.log") << "\"\nLogLevel Info\n";
    if (only != 0) config << "ConnectPort " << only << "\n";
    if (!username.empty()) config << "BasicAuth " << username << " " << password << "\n";
    daemon_.write("tinyproxy.conf", config.str());
    return std::vector<std::string>{program(), "-d", "-c", daemon_.path("tinyproxy.conf")};
  };
  daemon_.start(prepare, "tinyproxy.pid", "tinyproxy.log");
}

}  // namespace box::test

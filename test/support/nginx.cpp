#include "support/nginx.hpp"

#include <csignal>
#include <set>
#include <sstream>
#include <vector>

#include <unistd.h>

namespace box::test {

std::string Nginx::program() {
  return Daemon::find({"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx", "/usr/bin/nginx"});
}

Nginx::Nginx(const emulator::IssuedCertificate& certificate, std::uint16_t upstream, const std::string& settings) {
  const auto prepare = [&](std::uint16_t port) {
    daemon_.write("chain.pem", certificate.chainPem);
    daemon_.write("key.pem", certificate.privateKeyPem);
    std::ostringstream config;
    config << (::geteuid() == 0 ? "user root;\n" : "")
           << "daemon off;\nworker_processes 1;\npid nginx.pid;\nerror_log error.log warn;\n"
           << "events { worker_connections 256; }\n"
           << "http {\n"
              "  log_format connections '$connection $connection_requests';\n"
              "  access_log access.log connections;\n"
              "  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;\n"
              "  scgi_temp_path scgi;\n"
              "  server {\n"
              "    listen 127.0.0.1:"
           << port
           << " ssl;\n"
              "    ssl_certificate chain.pem;\n    ssl_certificate_key key.pem;\n"
           << "    " << settings << "\n"
           << "    location / { proxy_pass http://127.0.0.1:" << upstream
           << "; }\n"
              "  }\n}\n";
    daemon_.write("nginx.conf", config.str());
    return std::vector<std::string>{
        program(), "-p", daemon_.path(""), "-c", daemon_.path("nginx.conf"), "-e", daemon_.path("error.log")};
  };
  daemon_.start(prepare, "nginx.pid", "error.log");
}

void Nginx::reload() const { daemon_.signal(SIGHUP); }

std::size_t Nginx::connectionsInLog() const {
  std::istringstream lines(daemon_.read("access.log"));
  std::set<std::string> connections;
  std::string connection, request;
  while (lines >> connection >> request) connections.insert(connection);
  return connections.size();
}

}  // namespace box::test

#include "support/nginx.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace box::test {
namespace {

using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// A port that was free a moment ago: nginx cannot be given a socket, and does not tell the port where it is to choose.
std::uint16_t freePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd, generic, size) != 0 || ::getsockname(fd, generic, &size) != 0) address.sin_port = 0;
  ::close(fd);
  return ntohs(address.sin_port);
}

bool accepts(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

std::string readAll(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string Nginx::program() {
  for (const char* path : {"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/bin/nginx", "/usr/bin/nginx"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return {};
}

Nginx::Nginx(const emulator::IssuedCertificate& certificate, std::uint16_t upstream, const std::string& settings) {
  std::string pattern = (std::filesystem::temp_directory_path() / "box-nginx-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    failure_ = "no temporary folder";
    return;
  }
  folder_ = pattern;
  // Another process may take the port between our look at it and nginx's.
  for (int i = 0; i < 5; ++i) {
    if (launch(certificate, upstream, settings)) return;
    stop();
  }
  failure_ = "nginx does not start: " + readAll(folder_ + "/error.log");
}

bool Nginx::launch(const emulator::IssuedCertificate& certificate, std::uint16_t upstream, const std::string& settings) {
  port_ = freePort();
  std::ofstream(folder_ + "/chain.pem") << certificate.chainPem;
  std::ofstream(folder_ + "/key.pem") << certificate.privateKeyPem;
  std::ofstream(folder_ + "/nginx.conf")
      << (::geteuid() == 0 ? "user root;\n" : "") << "daemon off;\nworker_processes 1;\npid nginx.pid;\nerror_log error.log warn;\n"
      << "events { worker_connections 256; }\n"
      << "http {\n"
         "  log_format connections '$connection $connection_requests';\n"
         "  access_log access.log connections;\n"
         "  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;\n"
         "  scgi_temp_path scgi;\n"
         "  server {\n"
         "    listen 127.0.0.1:" << port_ << " ssl;\n"
         "    ssl_certificate chain.pem;\n    ssl_certificate_key key.pem;\n"
      << "    " << settings << "\n"
      << "    location / { proxy_pass http://127.0.0.1:" << upstream << "; }\n"
         "  }\n}\n";

  const std::string binary = program();
  const std::string log = folder_ + "/error.log", prefix = folder_ + "/", config = folder_ + "/nginx.conf";
  std::vector<std::string> words = {binary, "-p", prefix, "-c", config, "-e", log};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  // Asio's sockets are inherited, the emulator's among them: its port would stay open when it stops.
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  const int spawned = ::posix_spawn(&process_, binary.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) {
    process_ = -1;
    return false;
  }
  for (const auto end = Steady::now() + 10s; Steady::now() < end; std::this_thread::sleep_for(5ms)) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      return false;
    }
    // Its own file first: somebody else could be listening on that port.
    if (!readAll(folder_ + "/nginx.pid").empty() && accepts(port_)) return true;
  }
  return false;
}

void Nginx::stop() {
  if (process_ < 0) return;
  ::kill(process_, SIGTERM);
  int status = 0;
  for (const auto end = Steady::now() + 10s; ::waitpid(process_, &status, WNOHANG) == 0;) {
    if (Steady::now() >= end) ::kill(process_, SIGKILL);
    std::this_thread::sleep_for(2ms);
  }
  process_ = -1;
  std::error_code ignored;
  std::filesystem::remove(folder_ + "/nginx.pid", ignored);
}

Nginx::~Nginx() {
  stop();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

void Nginx::reload() const {
  if (process_ > 0) ::kill(process_, SIGHUP);
}

std::size_t Nginx::connectionsInLog() const {
  std::istringstream lines(readAll(folder_ + "/access.log"));
  std::set<std::string> connections;
  std::string connection, request;
  while (lines >> connection >> request) connections.insert(connection);
  return connections.size();
}

}  // namespace box::test

// The lower bound: OpenSSL and epoll with prepared bytes, without an HTTP library. No client over TLS can be cheaper.
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/load.hpp"
#include "support/tls_sessions.hpp"

using namespace box::bench;

namespace {

using Mode = Arguments::Connections;

SSL_CTX* makeContext(const Arguments& arguments) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (context == nullptr || SSL_CTX_load_verify_locations(context, arguments.caFile.c_str(), nullptr) != 1) {
    Load::fail("no TLS context");
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  return context;
}

class Worker {
 public:
  Worker(const Arguments& arguments, SSL_CTX* context, TlsSessions& sessions, int epoll, const std::string& request,
         Load& load)
      : arguments_(arguments), context_(context), sessions_(sessions), epoll_(epoll), request_(request), load_(load) {}
  ~Worker() { close(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Sends the next request. False: no request is left.
  bool begin() {
    if (!load_.take()) return false;
    began_ = Load::Clock::now();
    received_ = 0;
    if (ssl_ != nullptr && arguments_.mode != Mode::kept) close();
    if (ssl_ == nullptr) {
      open();
      return true;
    }
    send();
    return true;
  }

  /// Continues when the socket is readable or connected. False: no request is left.
  bool proceed() {
    if (state_ == State::handshake && !shakeHands()) return true;
    for (;;) {
      const int n = SSL_read(ssl_, buffer_ + received_, static_cast<int>(sizeof buffer_ - received_));
      if (n <= 0) {
        if (SSL_get_error(ssl_, n) != SSL_ERROR_WANT_READ) Load::fail("read");
        return true;
      }
      received_ += static_cast<std::size_t>(n);
      if (complete()) {
        load_.complete(began_);
        return begin();
      }
    }
  }

 private:
  enum class State { handshake, exchange };

  void open() {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(arguments_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS) {
      Load::fail("connect");
    }
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd_);
    SSL_set_tlsext_host_name(ssl_, "localhost");
    SSL_set1_host(ssl_, "localhost");
    SSL_set_connect_state(ssl_);
    sessions_.offer(ssl_);
    state_ = State::handshake;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = this;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &event);
  }

  void close() {
    if (ssl_ == nullptr) return;
    TlsSessions::finish(ssl_);
    SSL_free(ssl_);
    ::close(fd_);
    ssl_ = nullptr;
  }

  bool shakeHands() {
    const int result = SSL_do_handshake(ssl_);
    if (result != 1) {
      const int error = SSL_get_error(ssl_, result);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) Load::fail("handshake");
      return false;
    }
    state_ = State::exchange;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.ptr = this;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd_, &event);
    send();
    return true;
  }

  void send() {
    if (SSL_write(ssl_, request_.data(), static_cast<int>(request_.size())) != static_cast<int>(request_.size())) {
      Load::fail("write");  // loopback accepts all bytes at once
    }
  }

  bool complete() const {
    const std::string_view text(buffer_, received_);
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return false;
    if (!text.starts_with("HTTP/1.1 202 ")) Load::fail("the answer is not Box's 202");
    constexpr std::string_view name = "Content-Length: ";
    const std::size_t length = text.find(name);
    if (length == std::string_view::npos) Load::fail("no length");
    const std::size_t size = std::strtoul(buffer_ + length + name.size(), nullptr, 10);
    return received_ == end + 4 + size;
  }

  const Arguments& arguments_;
  SSL_CTX* context_;
  TlsSessions& sessions_;
  int epoll_;
  const std::string& request_;
  Load& load_;
  SSL* ssl_ = nullptr;
  int fd_ = -1;
  State state_ = State::handshake;
  Load::Clock::time_point began_;
  std::size_t received_ = 0;
  char buffer_[16 * 1024];
};

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Arguments::parse(argc, argv);
  const std::string request = requestText(arguments);
  if (request.size() > 16 * 1024) Load::fail("the floor sends one record at most");
  Load load(arguments);
  SSL_CTX* context = makeContext(arguments);
  {
    TlsSessions sessions(context, arguments.mode);
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<Worker>> workers;
    std::size_t busy = 0;
    for (std::size_t i = 0; i < arguments.inFlight; ++i) {
      workers.push_back(std::make_unique<Worker>(arguments, context, sessions, epoll, request, load));
      if (workers.back()->begin()) ++busy;
    }
    epoll_event events[128];
    while (busy > 0) {
      const int n = ::epoll_wait(epoll, events, 128, -1);
      for (int i = 0; i < n; ++i) {
        if (!static_cast<Worker*>(events[i].data.ptr)->proceed()) --busy;
      }
    }
  }
  SSL_CTX_free(context);
  load.report("floor: OpenSSL and epoll");
}

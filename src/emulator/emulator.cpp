#include <box/emulator/emulator.hpp>

#include "channel.hpp"
#include "connection.hpp"
#include "core.hpp"
#include "reply_plan.hpp"
#include "tls_engine.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace box::emulator {
namespace {

/// What one run between start and stop needs: the context, its threads, the listening socket.
class Engine {
 public:
  Engine(std::shared_ptr<Core> core, const tcp::endpoint& endpoint)
      : core_(std::move(core)), acceptor_(asio::make_strand(io_)) {
    try {
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(asio::socket_base::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      throw std::system_error(error.code(), "box::emulator: cannot listen");
    }
    asio::co_spawn(acceptor_.get_executor(), acceptLoop(), asio::detached);
  }

  ~Engine() { stop(CloseManner::fin); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void run(std::size_t threads) {
    for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) {
      threads_.emplace_back([this] { io_.run(); });
    }
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void stop(CloseManner manner) {
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (const std::shared_ptr<Channel>& channel : channels(*core_)) channel->closeHard(manner);
    // A connection whose coroutine has not begun does not count itself out.
    const std::lock_guard lock(core_->mutex);
    core_->open.clear();
    core_->changed.notify_all();
  }

  [[nodiscard]] static std::vector<std::shared_ptr<Channel>> channels(const Core& core) {
    std::vector<std::shared_ptr<Channel>> all;
    const std::lock_guard lock(core.mutex);
    for (const auto& entry : core.open) {
      if (std::shared_ptr<Channel> channel = entry.second.lock()) all.push_back(std::move(channel));
    }
    return all;
  }

 private:
  asio::awaitable<void> acceptLoop() {
    asio::steady_timer pause(acceptor_.get_executor());
    for (;;) {
      tcp::socket socket(asio::make_strand(io_));
      boost::system::error_code ec;
      co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
      if (ec == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
      if (ec) {
        // Out of descriptors: without a pause this would spin until others give some back.
        pause.expires_after(std::chrono::milliseconds(10));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        continue;
      }
      admit(std::move(socket));
    }
  }

  void admit(tcp::socket socket) {
    const auto channel = std::make_shared<Channel>(std::move(socket));
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(core_->mutex);
      number = ++core_->connectionNumber;
      ++core_->connectionsAccepted;
      core_->open.emplace(number, channel);
      core_->changed.notify_all();
    }
    asio::co_spawn(channel->executor(), serveConnection(core_, channel, number), asio::detached);
  }

  std::shared_ptr<Core> core_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::vector<std::thread> threads_;
};

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("box::emulator: cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

template <typename Value>
void enqueue(std::deque<Value>& queue, const Value& value, std::size_t times) {
  for (std::size_t i = 0; i < times; ++i) queue.push_back(value);
}

}  // namespace

class Emulator::Impl {
 public:
  explicit Impl(EmulatorOptions options) : core_(std::make_shared<Core>(std::move(options))) {
    const EmulatorOptions& o = core_->options;
    boost::system::error_code ec;
    const asio::ip::address address = asio::ip::make_address(o.address, ec);
    if (ec) throw std::runtime_error("box::emulator: the address " + o.address + " is not numeric");
    endpoint_ = tcp::endpoint(address, o.port);
    if (o.tls) core_->tls = makeContext(o);
    start();
  }

  void start() {
    if (engine_) return;
    engine_ = std::make_unique<Engine>(core_, endpoint_);
    endpoint_.port(engine_->port());
    engine_->run(core_->options.threads);
  }

  void stop(CloseManner manner) {
    if (!engine_) return;
    engine_->stop(manner);
    engine_.reset();
  }

  template <typename Predicate>
  bool waitFor(std::chrono::milliseconds timeout, Predicate predicate) const {
    std::unique_lock lock(core_->mutex);
    return core_->changed.wait_for(lock, timeout, [&] { return predicate(*core_); });
  }

  std::shared_ptr<const TlsContext> makeContext(const EmulatorOptions& o) {
    const bool text = !o.certificateChainPem.empty() || !o.privateKeyPem.empty();
    const bool files = !o.certificateChainFile.empty() || !o.privateKeyFile.empty();
    if (text && files) throw std::runtime_error("box::emulator: a certificate as text and as file");
    std::string chain = o.certificateChainPem;
    std::string key = o.privateKeyPem;
    if (files) {
      chain = readFile(o.certificateChainFile);
      key = readFile(o.privateKeyFile);
    } else if (!text) {
      authority_ = makeCertificateAuthority();
      CertificateSpec spec;
      spec.dnsNames.insert(spec.dnsNames.end(), o.extraNames.begin(), o.extraNames.end());
      const asio::ip::address address = endpoint_.address();
      if (!address.is_loopback() && !address.is_unspecified()) spec.ipAddresses.push_back(address.to_string());
      const IssuedCertificate issued = issueCertificate(authority_, spec);
      chain = issued.chainPem;
      key = issued.privateKeyPem;
    }
    return std::make_shared<const TlsContext>(o, chain, key);
  }

  std::shared_ptr<Core> core_;
  CertificateAuthority authority_;
  tcp::endpoint endpoint_;
  std::unique_ptr<Engine> engine_;
};

Emulator::Emulator(EmulatorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Emulator::~Emulator() { impl_->stop(CloseManner::fin); }

std::uint16_t Emulator::port() const noexcept { return impl_->endpoint_.port(); }

std::string Emulator::baseUrl() const {
  const std::string scheme = impl_->core_->options.tls ? "https://" : "http://";
  const asio::ip::address address = impl_->endpoint_.address();
  std::string host = "localhost";
  // ::1 stands for itself: many a machine knows localhost by its IPv4 address only.
  if (address != asio::ip::address(asio::ip::address_v4::loopback())) {
    host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  }
  return scheme + host + ":" + std::to_string(port());
}

std::string Emulator::oauth2Url() const { return baseUrl() + "/api/oauth2"; }

std::string Emulator::caPem() const { return impl_->authority_.certificatePem; }

const CertificateAuthority& Emulator::authority() const noexcept { return impl_->authority_; }

void Emulator::script(std::vector<Reply> replies) {
  const std::lock_guard lock(impl_->core_->mutex);
  for (const Reply& reply : replies) enqueue(impl_->core_->calls, reply, reply.plan().times);
}

void Emulator::script(Reply reply) { script(std::vector<Reply>(1, reply)); }

void Emulator::scriptOAuth(std::vector<Reply> replies) {
  const std::lock_guard lock(impl_->core_->mutex);
  for (const Reply& reply : replies) enqueue(impl_->core_->oauthCalls, reply, reply.plan().times);
}

void Emulator::scriptOAuth(Reply reply) { scriptOAuth(std::vector<Reply>(1, reply)); }

void Emulator::scriptConnection(std::vector<ConnectionPlan> plans) {
  const std::lock_guard lock(impl_->core_->mutex);
  for (const ConnectionPlan& plan : plans) enqueue(impl_->core_->connectionPlans, plan, plan.script().times);
}

void Emulator::scriptConnection(ConnectionPlan plan) { scriptConnection(std::vector<ConnectionPlan>(1, plan)); }

void Emulator::setDefault(Reply reply) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->defaultReply = std::move(reply);
}

void Emulator::setDefault() {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->defaultReply.reset();
}

void Emulator::setDefaultConnection(ConnectionPlan plan) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->defaultConnection = std::move(plan);
}

void Emulator::setDefaultConnection() {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->defaultConnection.reset();
}

void Emulator::setResponder(std::function<std::optional<Reply>(const RequestInfo&)> responder) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->responder =
      responder ? std::make_shared<const std::function<std::optional<Reply>(const RequestInfo&)>>(std::move(responder))
                : nullptr;
}

std::size_t Emulator::pendingSteps() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->calls.size() + impl_->core_->oauthCalls.size() + impl_->core_->connectionPlans.size();
}

void Emulator::expireToken(const std::string& token) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->behaviour.expireToken(token);
}

void Emulator::expireAllTokens() {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->behaviour.expireAllTokens();
}

void Emulator::expireRefreshTokens() {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->behaviour.expireRefreshTokens();
}

void Emulator::setClockOffset(std::chrono::seconds offset) {
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->clockOffset = offset;
}

std::chrono::seconds Emulator::clockOffset() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->clockOffset;
}

void Emulator::setCertificate(const std::string& chainPem, const std::string& privateKeyPem) {
  auto context = std::make_shared<const TlsContext>(impl_->core_->options, chainPem, privateKeyPem);
  const std::lock_guard lock(impl_->core_->mutex);
  impl_->core_->tls = std::move(context);
}

std::vector<AcceptedTermination> Emulator::accepted() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return std::vector<AcceptedTermination>(impl_->core_->accepted.begin(), impl_->core_->accepted.end());
}

std::vector<RequestRecord> Emulator::requests() const {
  const std::lock_guard lock(impl_->core_->mutex);
  std::vector<RequestRecord> records;
  records.reserve(impl_->core_->requests.size());
  for (const auto& record : impl_->core_->requests) records.push_back(*record);
  return records;
}

std::uint64_t Emulator::connectionsAccepted() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->connectionsAccepted;
}

std::uint64_t Emulator::handshakesCompleted() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->handshakesCompleted;
}

std::uint64_t Emulator::handshakesFailed() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->handshakesFailed;
}

std::uint64_t Emulator::sessionsResumed() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->sessionsResumed;
}

std::size_t Emulator::openConnections() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->open.size();
}

std::uint64_t Emulator::requestCount() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->requestCount;
}

std::uint64_t Emulator::tokenRequestCount() const {
  const std::lock_guard lock(impl_->core_->mutex);
  return impl_->core_->tokenRequestCount;
}

std::uint64_t Emulator::tokenRequestCount(const std::string& grantType) const {
  const std::lock_guard lock(impl_->core_->mutex);
  const auto count = impl_->core_->tokenRequestsByGrant.find(grantType);
  return count == impl_->core_->tokenRequestsByGrant.end() ? 0 : count->second;
}

void Emulator::clear() {
  Core& core = *impl_->core_;
  const std::lock_guard lock(core.mutex);
  core.calls.clear();
  core.oauthCalls.clear();
  core.connectionPlans.clear();
  core.defaultReply.reset();
  core.defaultConnection.reset();
  core.responder = nullptr;
  core.accepted.clear();
  core.acceptedCount = 0;
  core.requests.clear();
  core.connectionsAccepted = 0;
  core.handshakesCompleted = 0;
  core.handshakesFailed = 0;
  core.sessionsResumed = 0;
  core.requestCount = 0;
  core.tokenRequestCount = 0;
  core.tokenRequestsByGrant.clear();
}

bool Emulator::waitForRequests(std::uint64_t count, std::chrono::milliseconds timeout) const {
  return impl_->waitFor(timeout, [count](const Core& core) { return core.requestCount >= count; });
}

bool Emulator::waitForAccepted(std::uint64_t count, std::chrono::milliseconds timeout) const {
  return impl_->waitFor(timeout, [count](const Core& core) { return core.acceptedCount >= count; });
}

bool Emulator::waitForConnections(std::uint64_t count, std::chrono::milliseconds timeout) const {
  return impl_->waitFor(timeout, [count](const Core& core) { return core.connectionsAccepted >= count; });
}

bool Emulator::waitForOpenConnections(std::size_t atMost, std::chrono::milliseconds timeout) const {
  return impl_->waitFor(timeout, [atMost](const Core& core) { return core.open.size() <= atMost; });
}

void Emulator::closeAllConnections(CloseManner manner) {
  for (const std::shared_ptr<Channel>& channel : Engine::channels(*impl_->core_)) {
    asio::post(channel->executor(), [channel, manner] { channel->interrupt(manner); });
  }
}

void Emulator::stop(CloseManner manner) { impl_->stop(manner); }

void Emulator::start() { impl_->start(); }

bool Emulator::running() const noexcept { return impl_->engine_ != nullptr; }

}  // namespace box::emulator

#include <box/emulator/emulator.hpp>

#include "channel.hpp"
#include "emulator_state.hpp"
#include "listener.hpp"
#include "server_tls_context.hpp"

#include <boost/asio/post.hpp>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace box::inline v0_1::emulator {
namespace {

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

class Emulator::Impl {
 public:
  explicit Impl(EmulatorOptions given) : state(std::make_shared<EmulatorState>(std::move(given))) {
    const EmulatorOptions& options = state->options();
    boost::system::error_code ec;
    const asio::ip::address address = asio::ip::make_address(options.address, ec);
    if (ec) throw std::runtime_error("the address " + options.address + " is not numeric");
    endpoint = tcp::endpoint(address, options.port);
    if (options.tls) state->setTls(makeTls(options));
    start();
  }

  void start() {
    if (listener) return;
    listener = std::make_unique<Listener>(state, endpoint);
    endpoint.port(listener->port());
    listener->run(state->options().threads);
  }

  void stop(CloseManner manner) {
    if (!listener) return;
    listener->stop(manner);
    listener.reset();
  }

  std::shared_ptr<const ServerTlsContext> makeTls(const EmulatorOptions& options) {
    const bool text = !options.certificateChainPem.empty() || !options.privateKeyPem.empty();
    const bool files = !options.certificateChainFile.empty() || !options.privateKeyFile.empty();
    if (text && files) throw std::runtime_error("a certificate is given as text and as a file: give one of them");
    std::string chain = options.certificateChainPem;
    std::string key = options.privateKeyPem;
    if (files) {
      chain = readFile(options.certificateChainFile);
      key = readFile(options.privateKeyFile);
    } else if (!text) {
      authority = makeCertificateAuthority();
      CertificateSpec spec;
      spec.dnsNames.insert(spec.dnsNames.end(), options.extraNames.begin(), options.extraNames.end());
      const asio::ip::address address = endpoint.address();
      if (!address.is_loopback() && !address.is_unspecified()) spec.ipAddresses.push_back(address.to_string());
      const IssuedCertificate issued = issueCertificate(authority, spec);
      chain = issued.chainPem;
      key = issued.privateKeyPem;
    }
    return std::make_shared<const ServerTlsContext>(options, chain, key);
  }

  std::shared_ptr<EmulatorState> state;
  CertificateAuthority authority;
  tcp::endpoint endpoint;
  std::unique_ptr<Listener> listener;
};

Emulator::Emulator(EmulatorOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Emulator::~Emulator() { impl_->stop(CloseManner::fin); }

std::uint16_t Emulator::port() const noexcept { return impl_->endpoint.port(); }

std::string Emulator::baseUrl() const {
  const std::string scheme = impl_->state->options().tls ? "https://" : "http://";
  const asio::ip::address address = impl_->endpoint.address();
  std::string host = "localhost";
  // ::1 is given as an address, because on many machines localhost means the IPv4 address only.
  if (address != asio::ip::address(asio::ip::address_v4::loopback())) {
    host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  }
  return scheme + host + ":" + std::to_string(port());
}

std::string Emulator::oauth2Url() const { return baseUrl() + "/api/oauth2"; }

std::string Emulator::caPem() const { return impl_->authority.certificatePem; }

const CertificateAuthority& Emulator::authority() const noexcept { return impl_->authority; }

void Emulator::script(std::vector<Reply> replies) {
  impl_->state->changeScripts([&](Scripts& scripts) { scripts.addReplies(replies); });
}

void Emulator::script(Reply reply) { script(std::vector<Reply>(1, reply)); }

void Emulator::scriptOAuth(std::vector<Reply> replies) {
  impl_->state->changeScripts([&](Scripts& scripts) { scripts.addOAuthReplies(replies); });
}

void Emulator::scriptOAuth(Reply reply) { scriptOAuth(std::vector<Reply>(1, reply)); }

void Emulator::scriptConnection(std::vector<ConnectionPlan> plans) {
  impl_->state->changeScripts([&](Scripts& scripts) { scripts.addConnections(plans); });
}

void Emulator::scriptConnection(ConnectionPlan plan) { scriptConnection(std::vector<ConnectionPlan>(1, plan)); }

void Emulator::setDefault(Reply reply) {
  impl_->state->changeScripts([&](Scripts& scripts) { scripts.setDefault(std::move(reply)); });
}

void Emulator::setDefault() {
  impl_->state->changeScripts([](Scripts& scripts) { scripts.setDefault(std::nullopt); });
}

void Emulator::setDefaultConnection(ConnectionPlan plan) {
  impl_->state->changeScripts([&](Scripts& scripts) { scripts.setDefaultConnection(std::move(plan)); });
}

void Emulator::setDefaultConnection() {
  impl_->state->changeScripts([](Scripts& scripts) { scripts.setDefaultConnection(std::nullopt); });
}

void Emulator::setResponder(std::function<std::optional<Reply>(const RequestInfo&)> responder) {
  impl_->state->changeScripts([&](Scripts& scripts) { scripts.setResponder(std::move(responder)); });
}

std::size_t Emulator::pendingSteps() const { return impl_->state->pendingSteps(); }

void Emulator::expireToken(const std::string& token) {
  impl_->state->changeBox([&](BoxBehaviour& box) { box.expireToken(token); });
}

void Emulator::expireAllTokens() {
  impl_->state->changeBox([](BoxBehaviour& box) { box.expireAllTokens(); });
}

void Emulator::expireRefreshTokens() {
  impl_->state->changeBox([](BoxBehaviour& box) { box.expireRefreshTokens(); });
}

void Emulator::setDirectory(EmulatorDirectory directory) {
  impl_->state->changeBox([&](BoxBehaviour& box) { box.setDirectory(std::move(directory)); });
}

void Emulator::addEvent(const EmulatorEvent& event) {
  const std::chrono::system_clock::time_point now = impl_->state->wallTime();
  impl_->state->changeBox([&](BoxBehaviour& box) { box.addEvent(event, now); });
}

void Emulator::setEventSettings(EmulatorEventSettings settings) {
  impl_->state->changeBox([&](BoxBehaviour& box) { box.setEventSettings(std::move(settings)); });
}

void Emulator::setClockOffset(std::chrono::seconds offset) { impl_->state->setClockOffset(offset); }

std::chrono::seconds Emulator::clockOffset() const { return impl_->state->clockOffset(); }

void Emulator::setCertificate(const std::string& chainPem, const std::string& privateKeyPem) {
  impl_->state->setTls(std::make_shared<const ServerTlsContext>(impl_->state->options(), chainPem, privateKeyPem));
}

std::vector<AcceptedTermination> Emulator::accepted() const { return impl_->state->accepted(); }

std::vector<RequestRecord> Emulator::requests() const { return impl_->state->requests(); }

EmulatorCounts Emulator::counts() const { return impl_->state->counts(); }

void Emulator::clear() { impl_->state->clear(); }

bool Emulator::waitForRequests(std::uint64_t count, std::chrono::milliseconds timeout) const {
  return impl_->state->waitFor(timeout, [count](const EmulatorCounts& counts) { return counts.requests >= count; });
}

bool Emulator::waitForAccepted(std::uint64_t count, std::chrono::milliseconds timeout) const {
  return impl_->state->waitFor(timeout,
                               [count](const EmulatorCounts& counts) { return counts.acceptedTerminations >= count; });
}

bool Emulator::waitForConnections(std::uint64_t count, std::chrono::milliseconds timeout) const {
  return impl_->state->waitFor(timeout,
                               [count](const EmulatorCounts& counts) { return counts.connectionsAccepted >= count; });
}

bool Emulator::waitForOpenConnections(std::size_t atMost, std::chrono::milliseconds timeout) const {
  return impl_->state->waitFor(timeout,
                               [atMost](const EmulatorCounts& counts) { return counts.openConnections <= atMost; });
}

void Emulator::closeAllConnections(CloseManner manner) {
  for (const std::shared_ptr<Channel>& channel : impl_->state->openChannels()) {
    asio::post(channel->executor(), [channel, manner] { channel->interrupt(manner); });
  }
}

void Emulator::stop(CloseManner manner) { impl_->stop(manner); }

void Emulator::start() { impl_->start(); }

bool Emulator::running() const noexcept { return impl_->listener != nullptr; }

}  // namespace box::inline v0_1::emulator

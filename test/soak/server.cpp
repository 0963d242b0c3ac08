#include "soak/server.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <system_error>
#include <utility>

namespace box::soak {

using namespace std::chrono_literals;
using emulator::CloseManner;

namespace {

/// The first id in a request's body. No key in a body contains a digit.
std::optional<std::uint64_t> callIn(std::string_view body) {
  constexpr std::string_view digits = "0123456789";
  const std::size_t begin = body.find_first_of(digits);
  if (begin == std::string_view::npos) return std::nullopt;
  return CallPlan::numberOf(body.substr(begin, body.find_first_not_of(digits, begin) - begin));
}

}  // namespace

Server::Server(const Options& options, Ledger& ledger)
    : options_(options), ledger_(ledger), faults_(options.faults / 100, options.seed + 1) {
  emulator::EmulatorOptions o;
  o.port = port_.number();
  o.threads = std::max(1U, options.threads / 2);
  o.maxRecords = 16;
  o.clientId = "soak";
  o.clientSecret = "soak-secret";
  if (options.tls12) o.tlsMaximum = emulator::TlsVersion::tls1_2;
  o.onAccepted = [this](const emulator::AcceptedTermination& termination) {
    const bool groups = termination.kind == emulator::TerminationKind::groups;
    ledger_.accepted(groups, groups ? termination.groupIds : termination.userIds, termination.userLogins,
                     termination.boxRequestId);
  };
  if (options.chaos) {
    o.tokenLifetime = 90s;  // the library renews tokens in their last 60 s
    o.onRequest = [this](const emulator::RequestRecord& record) { answered(record); };
  }
  emulator_ = std::make_unique<emulator::Emulator>(std::move(o));
  if (!options.chaos) return;
  emulator_->setResponder([this](const emulator::RequestInfo& request) { return respond(request); });
  proxy_ = std::make_unique<test::FaultProxy>(emulator_->port(), options.faults / 100, options.seed);
}

Server::~Server() { endMischief(); }

NetworkSession Server::session() const {
  TlsOptions tls;
  tls.caPem = emulator_->caPem();
  const NetworkSession plain = NetworkSession().withTls(tls).withCustomBaseUrls(
      BaseUrls("https://localhost:" + std::to_string(proxy_ ? proxy_->port() : emulator_->port())));
  if (!options_.chaos) return plain;
  const std::chrono::nanoseconds step = options_.deadline / 10;
  const ExponentialBackoffPolicy::Curve curve{5ms, 200ms, 0ms};
  return plain
      .withTimeouts({.attempt = 4 * step,
                     .pool = 5 * step,
                     .connect = step,
                     .handshake = 2 * step,
                     .write = step,
                     .responseHeader = step,
                     .bodyIdle = step})
      .withPool({.maxIdle = 6, .maxRequests = 300, .idleTimeout = 2s, .maxAge = 8s})
      .withBackoffPolicy(std::make_shared<ExponentialBackoffPolicy>(curve, curve))
      .withRetryBudget(nullptr);  // one request in ten fails here, so that a budget would soon stay empty
}

std::optional<emulator::Reply> Server::respond(const emulator::RequestInfo& request) {
  if (request.target.starts_with("/oauth2/")) return faults_.forTokenRequest();
  const std::optional<std::uint64_t> call = callIn(request.body);
  if (call) {
    ledger_.seen(*call);
    const std::lock_guard lock(mutex_);
    answering_[request.connection] = *call;
  }
  return faults_.forCall();
}

/// Called on the same thread, immediately after respond().
void Server::answered(const emulator::RequestRecord& record) {
  std::uint64_t call = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = answering_.find(record.connection);
    if (found == answering_.end()) return;
    call = found->second;
    answering_.erase(found);
  }
  if (record.status != 0) ledger_.answered(call, record.status);
}

void Server::startMischief() {
  if (options_.chaos && options_.faults > 0) mischief_ = std::thread([this] { makeMischief(); });
}

void Server::makeMischief() {
  std::mt19937_64 random(options_.seed + 2);
  const auto upTo = [&random](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  static constexpr std::array manners = {CloseManner::closeNotify, CloseManner::fin, CloseManner::reset};
  const auto pause = [this](std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !end_.wait_for(lock, time, [this] { return ending_; });
  };
  while (pause(500ms + std::chrono::milliseconds(upTo(2500)))) {
    const CloseManner manner = manners[static_cast<std::size_t>(upTo(2))];
    switch (upTo(2)) {
      case 0: emulator_->closeAllConnections(manner); break;
      case 1: emulator_->expireAllTokens(); break;
      case 2: {
        const auto held = holdRestarts();
        emulator_->stop(manner);
        pause(std::chrono::milliseconds(upTo(300)));
        emulator_->start();
        ++restarts_;
        break;
      }
    }
  }
}

void Server::endMischief() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  end_.notify_all();
  if (mischief_.joinable()) mischief_.join();
}

void Server::heal() {
  endMischief();
  faults_.heal();
  if (proxy_) proxy_->heal();
}

}  // namespace box::soak

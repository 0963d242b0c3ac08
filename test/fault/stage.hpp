#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "box/emulator/emulator.hpp"
#include "box/network/session.hpp"
#include "fault/fault.hpp"

namespace box {
class Authentication;
}

namespace box::test {

/// Thrown by a row that this machine cannot run.
class CannotRun {
 public:
  explicit CannotRun(std::string why) : why_(std::move(why)) {}
  const std::string& why() const noexcept { return why_; }

 private:
  std::string why_;
};

/// Where a row of the table sets its fault up: a Box that can be spoilt, and the settings of the client that will call
/// it. Virtual, so that the tables compile without what the runner is made of.
class Stage {
 public:
  virtual ~Stage() = default;

  /// What may be changed before anything else is asked for.
  virtual emulator::EmulatorOptions& boxOptions() = 0;
  virtual emulator::Emulator& box() = 0;
  /// What the client will be made with; what is changed behind makeClient() has no effect.
  virtual NetworkSession& settings() = 0;
  /// In place of a developer token.
  virtual void use(std::shared_ptr<Authentication> auth) = 0;
  /// The one that is used otherwise.
  virtual std::string developerToken() const = 0;
  /// The call is about somebody whom nobody can be.
  virtual void nameNobody() = 0;
  /// The call is about so many logins of 250 characters each.
  virtual void nameMany(std::size_t logins) = 0;
  virtual void makeClient() = 0;

  /// A call that is accepted, and whose connection is idle from then on.
  virtual void callBefore() = 0;
  /// Until what the Box, or whoever listens on that port, did to the idle connection has come.
  void awaitStir() { awaitStir(box().port()); }
  virtual void awaitStir(std::uint16_t port) = 0;
  /// A call that gets no answer, and keeps its connection until the test ends.
  virtual void occupyConnection() = 0;
  /// When the condition holds, once, while the call runs.
  virtual void when(std::function<bool()> condition, std::function<void()> action) = 0;
  /// For that: the caller cancels; the client is closed.
  virtual void cancelCall() = 0;
  virtual void closeClient() = 0;

  /// Lives until the call has ended; to the end of the test.
  void keep(std::shared_ptr<void> object) { kept_.push_back(std::move(object)); }
  void keepToTheEnd(std::shared_ptr<void> object) { keptToTheEnd_.push_back(std::move(object)); }

  /// The Box is called by this name, which has these addresses, at its port.
  void callHost(const std::string& host, std::vector<std::string> addresses);
  /// Something else is called in the Box's place.
  void callAt(const std::string& address, std::uint16_t port);
  template <class T, class V>
  void limit(T TimeoutOptions::*which, V value) {
    TimeoutOptions timeouts = settings().timeouts();
    timeouts.*which = value;
    settings() = settings().withTimeouts(timeouts);
  }
  void poolOf(std::size_t connections);
  /// From now on the Box presents this certificate.
  void present(const emulator::CertificateSpec& spec);

  /// How the call ended, for further checks; null where it ended otherwise.
  virtual const BoxSdkError* error() const = 0;
  virtual std::string requestIdOfAcceptance() const = 0;
  /// The waits before the repeats.
  virtual std::vector<std::chrono::nanoseconds> delays() const = 0;

 protected:
  void letGo() { kept_.clear(); }
  void letGoOfAll() {
    letGo();
    keptToTheEnd_.clear();
  }

 private:
  std::vector<std::shared_ptr<void>> kept_, keptToTheEnd_;
};

}  // namespace box::test

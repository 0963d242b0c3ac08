#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "box/auth/authentication.hpp"
#include "box/emulator/emulator.hpp"
#include "box/network/session.hpp"
#include "fault/fault.hpp"

namespace box::test {

/// The name that the rows about lookups call; a table of the test gives its addresses.
inline constexpr const char* boxHost = "api.box.test";

/// Thrown by a row that cannot run on this machine.
class CannotRun {
 public:
  explicit CannotRun(std::string why) : why_(std::move(why)) {}
  const std::string& why() const noexcept { return why_; }

 private:
  std::string why_;
};

/// Sets up the fault of a row: a Box that can be made to fail, and the settings of the client that will call it. The
/// functions are virtual, so that the tables compile without the headers that the runner needs.
class Stage {
 public:
  virtual ~Stage() = default;

  /// Options of the Box. A row may change them before it calls any other function.
  virtual emulator::EmulatorOptions& boxOptions() = 0;
  virtual emulator::Emulator& box() = 0;
  /// Settings of the client. Changes after makeClient() have no effect.
  virtual NetworkSession& settings() = 0;
  /// Uses this authentication instead of a developer token.
  virtual void use(std::shared_ptr<Authentication> auth) = 0;
  /// The developer token that is used otherwise.
  virtual std::string developerToken() const = 0;
  /// Makes the call name a user with an id that nobody can have.
  virtual void nameNobody() = 0;
  /// Makes the call name this number of logins of 250 characters each.
  virtual void nameMany(std::size_t logins) = 0;
  virtual void makeClient() = 0;

  /// Makes a call that is accepted, and whose connection is idle afterwards.
  virtual void callBefore() = 0;
  /// Waits until the effect of what the Box, or the server on that port, did to the idle connection has arrived.
  void awaitStir() { awaitStir(box().port()); }
  virtual void awaitStir(std::uint16_t port) = 0;
  /// Makes a call that gets no answer and keeps its connection until the test ends.
  virtual void occupyConnection() = 0;
  /// While the call runs, calls `action` once, as soon as the condition holds.
  virtual void when(std::function<bool()> condition, std::function<void()> action) = 0;
  /// Actions for when(): the caller cancels; the client is closed.
  virtual void cancelCall() = 0;
  virtual void closeClient() = 0;

  /// Keeps the object until the end of the test, after the call has ended.
  void keep(std::shared_ptr<void> object) { kept_.push_back(std::move(object)); }
  void keepToTheEnd(std::shared_ptr<void> object) { keptToTheEnd_.push_back(std::move(object)); }

  /// Calls the Box by this name. The name has these addresses, and the port is the Box's.
  void callHost(const std::string& host, std::vector<std::string> addresses);
  /// Calls this address instead of the Box.
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

  /// The error of the call, for further checks; null where the call did not end with an error.
  virtual const BoxSdkError* error() const = 0;
  virtual std::string requestIdOfAcceptance() const = 0;
  /// The delays before the retries.
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

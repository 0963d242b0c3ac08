#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include <box/support/asio.hpp>
#include <box/support/secret.hpp>

#include "cli/arguments.hpp"

namespace box::cli {

/// Listens on 127.0.0.1 for the one request with which Box sends the browser back.
///
/// Others may come first, browsers' own and strangers': they are told so, and waiting goes on. A few connections are
/// served at once, because browsers open some in advance and are silent on them.
/// *Threads*: one runs the io_context.
class RedirectListener {
 public:
  static constexpr std::size_t parallel = 8;
  /// After so many connections it gives up: somebody is trying something.
  static constexpr std::size_t maxConnections = 1000;
  static constexpr std::chrono::seconds connectionTime{5};

  /// Listens from now on. *Errors*: FileError where it cannot.
  RedirectListener(asio::io_context& context, LoopbackAddress address, std::string state);
  ~RedirectListener();
  RedirectListener(const RedirectListener&) = delete;
  RedirectListener& operator=(const RedirectListener&) = delete;

  /// Where to send the browser back to, with the port that it has.
  std::string url() const;

  /// The authorization code, once the browser has its answer. Listens no longer when it ends, however it does.
  /// *Errors*: BoxSdkError where the person refused; Errc::callTimeout where nobody came in time.
  asio::awaitable<Secret> wait(std::chrono::milliseconds atMost);

  struct Shared;

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace box::cli

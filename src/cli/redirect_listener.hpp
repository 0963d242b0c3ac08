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

/// Listens on 127.0.0.1, and where the address is "localhost" on ::1 too, for the one request with which Box sends the
/// browser back.
///
/// Others may come first, browsers' own and strangers': they are told so, and the listener continues to wait.
/// Connections are served at the same time, because browsers open some in advance and are silent on them.
/// *Threads*: one runs the io_context.
class RedirectListener {
 public:
  /// So many connections are open at a time; where another one comes, the oldest is closed.
  static constexpr std::size_t maxOpen = 64;
  static constexpr std::size_t headerLimit = 8 * 1024;
  static constexpr std::chrono::seconds connectionTime{5};

  /// Listens from now on. *Errors*: FileError where it cannot, on one of the addresses.
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

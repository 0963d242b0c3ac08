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

/// Listens on 127.0.0.1, and also on ::1 where the address is "localhost", for the request with which Box redirects the
/// browser.
///
/// Other requests may come first, from browsers and from other programs. They get an answer, and the listener continues
/// to wait. Connections are served in parallel, because browsers open some in advance and send nothing on them.
/// *Threads*: one thread runs the io_context.
class RedirectListener {
 public:
  /// The number of connections that may be open. A further one closes the oldest.
  static constexpr std::size_t maxOpen = 64;
  static constexpr std::size_t headerLimit = 8 * 1024;
  static constexpr std::chrono::seconds connectionTime{5};

  /// Begins to listen. *Errors*: FileError where one of the addresses cannot be used.
  RedirectListener(asio::io_context& context, LoopbackAddress address, std::string state);
  ~RedirectListener();
  RedirectListener(const RedirectListener&) = delete;
  RedirectListener& operator=(const RedirectListener&) = delete;

  /// The address to give to Box, with the actual port.
  std::string url() const;

  /// Waits for the authorization code and the end of the answer to the browser. Stops listening when it ends, also
  /// after an error or a cancellation. *Errors*: BoxSdkError where the person refused; Errc::callTimeout where the time
  /// limit has passed.
  asio::awaitable<Secret> wait(std::chrono::milliseconds atMost);

  struct Shared;

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace box::cli

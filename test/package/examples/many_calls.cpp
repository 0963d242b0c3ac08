// Ends the sessions of many people, with one call for each, all calls at once, and one deadline for all of them
// together.
//
//   BOX_TOKEN=... ./many_calls 11 12 13 14
//
// Ctrl-C cancels the calls that have not been answered. Exit status: 0 if Box has accepted every call.
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <list>
#include <memory>
#include <string>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <box/box.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct Tally {
  std::size_t accepted = 0, cancelled = 0, failed = 0;
};

asio::awaitable<void> endSessionsOf(std::string userId, box::BoxClient client, box::Deadline deadline, Tally& tally) {
  const box::CallResult<box::SessionTerminationMessage> result = co_await box::tryAwait(
      client.sessionTermination.terminateUsersSessions({.userIds = {userId}}, {.deadline = deadline}));
  if (result) {
    ++tally.accepted;
    co_return;
  }
  const box::BoxSdkError& error = result.error();
  ++(error.code() == asio::error::operation_aborted ? tally.cancelled : tally.failed);
  // inDoubt: Box may have seen the request. Another call is harmless.
  std::cerr << userId << ": " << error.what() << " (" << box::toString(error.fate()) << ")\n";
}

int main(int argc, char** argv) {
  Tally tally;
  std::size_t open = static_cast<std::size_t>(argc - 1);
  std::list<asio::cancellation_signal> cancellations;  // one for each call: a slot serves one operation
  try {
    const char* token = std::getenv("BOX_TOKEN");
    const char* baseUrl = std::getenv("BOX_BASE_URL");  // to try it without Box: see minimal.cpp

    asio::io_context io;
    box::BoxClient client(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>(token ? token : ""));
    if (baseUrl != nullptr) client = client.withCustomBaseUrls(box::BaseUrls(baseUrl));

    asio::signal_set interrupt(io, SIGINT);
    const auto onCallEnded = [&](std::exception_ptr failure) {
      if (--open == 0) interrupt.cancel();  // otherwise waiting for Ctrl-C would keep run() from returning
      if (failure) std::rethrow_exception(failure);
    };

    // A point in time, not a duration: the calls that wait for a free connection get no more time than the others.
    const box::Deadline deadline(std::chrono::steady_clock::now() + 30s);
    for (int i = 1; i < argc; ++i) {
      asio::co_spawn(io, endSessionsOf(argv[i], client, deadline, tally),
                     asio::bind_cancellation_slot(cancellations.emplace_back().slot(), onCallEnded));
    }
    if (open > 0) {
      interrupt.async_wait([&](boost::system::error_code failure, int) {
        if (failure) return;
        for (asio::cancellation_signal& each : cancellations) each.emit(asio::cancellation_type::terminal);
      });
    }
    io.run();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  std::cout << tally.accepted << " accepted, " << tally.cancelled << " cancelled, " << tally.failed << " failed\n";
  return tally.accepted == static_cast<std::size_t>(argc - 1) ? 0 : 1;
}

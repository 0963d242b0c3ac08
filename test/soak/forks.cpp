#include "soak/forks.hpp"

#include <chrono>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "box/auth/developer_token.hpp"
#include "support/forked.hpp"

namespace box::soak {
namespace {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

/// Far above the numbers of the load, which begin with 1.
constexpr std::uint64_t firstCall = std::uint64_t{1} << 40U;

asio::awaitable<CallResult<SessionTerminationMessage>> terminate(BoxClient client, std::vector<std::string> ids,
                                                                 std::chrono::nanoseconds deadline) {
  co_return co_await tryAwait(
      client.sessionTermination.terminateUsersSessions({.userIds = ids}, {.deadline = deadline}));
}

std::string shown(const CallEnd& end) {
  std::ostringstream text;
  text << static_cast<int>(end.fate) << ' ' << end.success << ' ' << end.status << ' ' << end.attempts << ' '
       << end.unasked << ' ' << end.late.count() << ' ' << (end.boxRequestId.empty() ? "-" : end.boxRequestId) << ' '
       << end.text;
  return text.str();
}

/// False: the text does not describe the end of a call.
bool read(const std::string& text, CallEnd& end) {
  std::istringstream in(text);
  int fate = 0;
  std::chrono::nanoseconds::rep late = 0;
  if (!(in >> fate >> end.success >> end.status >> end.attempts >> end.unasked >> late >> end.boxRequestId))
    return false;
  end.fate = static_cast<Fate>(fate);
  end.late = std::chrono::nanoseconds(late);
  if (end.boxRequestId == "-") end.boxRequestId.clear();
  std::getline(in, end.text);
  return true;
}

}  // namespace

Forks::Forks(const Options& options, const NetworkSession& session, Ledger& ledger)
    : deadline_(options.deadline),
      ledger_(ledger),
      client_(io_.get_executor(), std::make_shared<BoxDeveloperTokenAuth>("soak-forks"), session),
      lastCall_(firstCall) {}

CallPlan Forks::nextPlan() {
  CallPlan plan;
  plan.number = ++lastCall_;
  ledger_.begin(plan);
  return plan;
}

CallEnd Forks::perform(const CallPlan& plan) {
  const auto endsBy = Steady::now() + deadline_;
  auto future = asio::co_spawn(io_, terminate(client_, plan.ids(), deadline_), asio::use_future);
  io_.restart();
  io_.run();
  const CallResult<SessionTerminationMessage> result = future.get();
  CallEnd end = CallEnd::of(result);
  end.late = Steady::now() - endsBy;
  return end;
}

void Forks::once() {
  const CallPlan before = nextPlan(), parents = nextPlan(), childs = nextPlan();
  ledger_.end(before.number, perform(before));  // so that the client has a connection
  io_.notify_fork(asio::io_context::fork_prepare);
  test::Forked child([&] {
    io_.notify_fork(asio::io_context::fork_child);
    return shown(perform(childs));
  });
  io_.notify_fork(asio::io_context::fork_parent);
  ++count_;
  ledger_.end(parents.number, perform(parents));
  CallEnd end;
  end.fate = Fate::inDoubt;
  const std::string text = child.result();
  if (!read(text, end)) throw std::runtime_error("a forked process ended with: " + text);
  ledger_.end(childs.number, end);
}

}  // namespace box::soak

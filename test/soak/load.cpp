#include "soak/load.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <optional>
#include <random>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include "box/auth/ccg.hpp"

namespace box::soak {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

namespace {

constexpr double cancelledShare = 0.01;

using Random = std::mt19937_64;
double fraction(Random& random) { return std::uniform_real_distribution<double>(0, 1)(random); }

CcgConfig application() {
  CcgConfig config;
  config.clientId = "soak";
  config.clientSecret = Secret("soak-secret");
  config.enterpriseId = "4711";
  return config;
}

}  // namespace

/// Makes one call after another on its own strand.
class Load::Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(Load& load, unsigned number)
      : load_(load), strand_(asio::make_strand(load.io_)), timer_(strand_), random_(load.options_.seed + number) {}

  void start() {
    asio::post(strand_, [self = shared_from_this()] { self->next(); });
  }

 private:
  void next() {
    plan_ = CallPlan();
    plan_.number = load_.claim();
    if (plan_.number == 0) {
      --load_.working_;
      return;
    }
    // The call's number alone determines its arguments. One call in 50 does not fit into one TLS record.
    plan_.groups = plan_.number % 8 == 0;
    plan_.login = !plan_.groups && plan_.number % 3 == 0;
    plan_.strict = plan_.number % 4 == 1;
    plan_.entries = plan_.number % 50 == 7 ? CallPlan::mostEntries : 1 + static_cast<unsigned>(plan_.number % 3);
    client_ = load_.client();
    load_.ledger_.begin(plan_);
    started_ = Steady::now();
    deadline_ = load_.options_.deadline;
    // Some calls have a deadline that is too short for the faults they may meet.
    if (load_.options_.chaos && !load_.recovering_ && plan_.number % 10 == 3)
      deadline_ /= plan_.number % 20 == 3 ? 10 : 200;
    endsBy_ = started_ + deadline_;
    running_ = true;
    if (load_.options_.chaos && !load_.recovering_ && fraction(random_) < cancelledShare) cancelLater();
    asio::co_spawn(
        strand_, perform(shared_from_this()),
        asio::bind_cancellation_slot(
            signal_.slot(), [self = shared_from_this()](std::exception_ptr failure) { self->ended(failure); }));
  }

  /// Cancels the call, mostly soon, because most of its steps are at its beginning.
  void cancelLater() {
    const double shape = fraction(random_);
    timer_.expires_after(std::chrono::microseconds(static_cast<int>(shape * shape * shape * 500000)));
    const auto type = fraction(random_) < 0.5 ? asio::cancellation_type::terminal : asio::cancellation_type::total;
    timer_.async_wait([self = shared_from_this(), number = plan_.number, type](error_code ec) {
      if (ec || number != self->plan_.number || !self->running_) return;
      ++self->load_.cancellations_;
      // Total cancellation has no effect after a byte was written.
      if (type == asio::cancellation_type::terminal) self->endsBy_ = std::min(self->endsBy_, Steady::now());
      self->signal_.emit(type);
    });
  }

  asio::awaitable<SessionTerminationMessage> makeCall() const {
    const TerminateSessionsOptionalsView optionals{
        .deadline = deadline_,
        .retryPolicy = plan_.strict && !load_.recovering_ ? RetryPolicyView(load_.strict_) : RetryPolicyView()};
    const std::vector<std::string> ids = plan_.ids(), logins = plan_.logins();
    if (plan_.groups) return client_->sessionTermination.terminateGroupsSessions({.groupIds = ids}, optionals);
    return client_->sessionTermination.terminateUsersSessions({.userIds = ids, .userLogins = logins}, optionals);
  }

  static asio::awaitable<void> perform(std::shared_ptr<Worker> self) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    const CallResult<SessionTerminationMessage> result = co_await tryAwait(self->makeCall());
    const auto now = Steady::now();
    CallEnd end = CallEnd::of(result);
    end.late = now - self->endsBy_;
    self->load_.latencies_.add(now - self->started_);
    if (end.success) {
      ++self->load_.accepted_;
    } else {
      self->load_.failed(end.code, end.fate);
      if (self->load_.recovering_) {
        self->load_.violations_.add("call " + std::to_string(self->plan_.number) +
                                    " failed after the storm: " + end.text);
      }
    }
    self->load_.ledger_.end(self->plan_.number, end);
    ++self->load_.ended_;
    self->told_ = self->plan_.number;
  }

  void ended(const std::exception_ptr& failure) {
    running_ = false;
    timer_.cancel();
    client_.reset();
    if (told_ != plan_.number) {
      std::string what = "nothing";
      try {
        if (failure) std::rethrow_exception(failure);
      } catch (const std::exception& error) {
        what = error.what();
      } catch (...) {
        what = "something";
      }
      load_.violations_.add("call " + std::to_string(plan_.number) +
                            " ended with an exception that is none of the library's: " + what);
    }
    // start() posts the next call. If it began here, calls that fail at once would recurse.
    if (load_.options_.rate <= 0 || load_.recovering_) return start();
    timer_.expires_at(started_ + std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 * load_.options_.concurrency /
                                                                                    load_.options_.rate)));
    timer_.async_wait([self = shared_from_this()](error_code) { self->next(); });
  }

  Load& load_;
  const asio::strand<asio::io_context::executor_type> strand_;
  asio::steady_timer timer_;
  asio::cancellation_signal signal_;
  Random random_;
  CallPlan plan_;
  std::shared_ptr<BoxClient> client_;
  Steady::time_point started_, endsBy_;
  std::chrono::nanoseconds deadline_{};
  bool running_ = false;
  std::uint64_t told_ = 0;
};

Load::Load(const Options& options, const NetworkSession& session, asio::io_context& io, Ledger& ledger,
           Violations& violations, EventCounts& events)
    : options_(options),
      session_(session),
      io_(io),
      ledger_(ledger),
      violations_(violations),
      events_(events),
      strict_(std::make_shared<DefaultRetryPolicy>(5, RetryInDoubt::never)),
      replacing_(io),
      last_(options.requests.value_or(std::numeric_limits<std::uint64_t>::max())),
      client_(makeClient()) {
  for (unsigned i = 0; i < options_.concurrency; ++i) workers_.push_back(std::make_shared<Worker>(*this, i));
}

Load::~Load() = default;

void Load::start() {
  if (options_.chaos) asio::post(io_, [this] { replaceLater(); });
  run();
}

void Load::run() {
  working_ = workers_.size();
  for (const auto& worker : workers_) worker->start();
}

void Load::proveRecovery(unsigned callsEach) {
  recovering_ = true;
  last_ = claimed_ + callsEach * workers_.size();
  stopped_ = false;
  run();
}

void Load::close() {
  asio::post(io_, [this] {
    replacing_.cancel();
    const std::lock_guard lock(mutex_);
    if (client_) client_->close();
    client_.reset();
  });
}

/// Each client has its own tokens and connections, and an audit that ends with the client.
std::shared_ptr<BoxClient> Load::makeClient() const {
  return std::make_shared<BoxClient>(io_.get_executor(), std::make_shared<BoxCcgAuth>(application()),
                                     session_.withObserver(std::make_shared<EventAudit>(violations_, events_)));
}

std::shared_ptr<BoxClient> Load::client() const {
  const std::lock_guard lock(mutex_);
  return client_;
}

std::uint64_t Load::claim() noexcept {
  if (stopped_) return 0;
  const std::uint64_t number = ++claimed_;
  if (number <= last_) return number;
  --claimed_;
  return 0;
}

void Load::replaceLater() {
  // Rare enough that connections grow old, and frequent enough for a short run.
  replacing_.expires_after(5s);
  replacing_.async_wait([this](error_code ec) {
    if (ec || stopped_ || recovering_) return;
    std::shared_ptr<BoxClient> next = makeClient();
    {
      const std::lock_guard lock(mutex_);
      std::swap(client_, next);
    }
    next->close();  // while calls are in progress
    replaceLater();
  });
}

void Load::failed(const error_code& code, Fate fate) {
  // The numbers are enough as keys, because those of the two categories differ.
  const std::lock_guard lock(mutex_);
  ++failures_[{code.category() == errorCategory() ? code.value() : -code.value(), fate}];
}

std::map<std::string, std::uint64_t> Load::failures() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::uint64_t> named;
  for (const auto& [what, count] : failures_) {
    const error_code code = what.first > 0 ? make_error_code(static_cast<Errc>(what.first))
                                           : error_code(-what.first, boost::system::system_category());
    named[code.message() + ", " + std::string(toString(what.second))] += count;
  }
  return named;
}

}  // namespace box::soak

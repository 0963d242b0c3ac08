#include "pipeline/box_network_client.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/crypto.h>

#include "async/flight.hpp"
#include "async/waiter.hpp"
#include "box/auth/authentication.hpp"
#include "box/observe/interceptor.hpp"
#include "box/observe/observer.hpp"
#include "transport/exchange.hpp"
#include "transport/limits.hpp"
#include "http/request_writer.hpp"
#include "network/proxy.hpp"
#include "network/url.hpp"
#include "pipeline/judge.hpp"
#include "pipeline/retry_state.hpp"
#include "pool/connection_pool.hpp"

namespace box {

using Steady = std::chrono::steady_clock;

namespace {

bool same(const Secret& a, const Secret& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.reveal().data(), b.reveal().data(), a.size()) == 0;
}

/// Connections by way of the one may carry what is to go by way of the other.
bool same(const ProxyOptions& a, const ProxyOptions& b) {
  return a.url == b.url && a.username == b.username && same(a.password, b.password) && a.tls == b.tls;
}

}  // namespace

/// What the calls of a client share, and what each keeps alive while it is under way.
class BoxNetworkClient::Core {
 public:
  Core(asio::any_io_executor executor, const NetworkSession& session)
      : network(std::make_shared<Network>(std::move(executor), session.tls(), session.observer())),
        options_(session.pool()) {}

  /// Of a request's text for it. The last few are remembered: nearly all calls have the same.
  std::shared_ptr<const Url> url(const std::string& text) {
    {
      const std::lock_guard lock(mutex_);
      for (const auto& known : urls_) {
        if (known->text == text) return {known, &known->url};
      }
    }
    const auto parsed = std::make_shared<const KnownUrl>(text);
    const std::lock_guard lock(mutex_);
    if (urls_.size() == mostUrls) urls_.erase(urls_.begin());
    urls_.push_back(parsed);
    return {parsed, &parsed->url};
  }

  /// The pool for this URL by way of this proxy.
  std::shared_ptr<ConnectionPool> pool(const Url& url, const ProxyOptions& sessions) {
    static const ProxyOptions none;
    const ProxyOptions& proxy = sessions.url.empty() || bypassesProxy(sessions.noProxy, url) ? none : sessions;
    const std::lock_guard lock(mutex_);
    for (const auto& pool : pools_) {
      const Route& route = pool->route();
      if (route.origin.port == url.port && route.origin.host == url.host && same(route.proxy, proxy)) return pool;
    }
    Route route{Origin(url), proxy};
    pools_.push_back(std::make_shared<ConnectionPool>(network, std::move(route), options_));
    return pools_.back();
  }

  /// Closes what is idle towards whomever. False: nothing was.
  bool shedIdle() noexcept {
    const std::lock_guard lock(mutex_);
    bool any = false;
    for (const auto& pool : pools_) any = pool->shedIdle() || any;
    return any;
  }

  void close() noexcept {
    network->watchdog->close();
    const std::lock_guard lock(mutex_);
    for (const auto& pool : pools_) pool->close();
  }

  const std::shared_ptr<Network> network;
  std::atomic<std::uint64_t> calls{0};

 private:
  /// The Url looks into the text beside it.
  struct KnownUrl {
    explicit KnownUrl(std::string given) : text(std::move(given)), url(parseUrl(text, "the request's URL")) {}
    KnownUrl(const KnownUrl&) = delete;
    KnownUrl& operator=(const KnownUrl&) = delete;
    const std::string text;
    const Url url;
  };
  static constexpr std::size_t mostUrls = 8;  // the two calls, a token endpoint, and what interceptors may do

  const PoolOptions options_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<ConnectionPool>> pools_;
  std::vector<std::shared_ptr<const KnownUrl>> urls_;
};

/// What one attempt on the wire brought.
class BoxNetworkClient::Attempt {
 public:
  Failure failure;
  FetchResponse response;
  Fate fate = Fate::notSent;                 ///< as long as no answer settles it
  bool reused = false;                       ///< the connection had carried a request before
  bool begun = false;                        ///< a byte of a response came
  bool answered = false;                     ///< a final header came: `response` is set
  std::unique_ptr<ApiErrorInfo> tokenError;  ///< what the token's server said against giving one
};

/// An attempt that has not settled the call, and all there is to say of it.
class BoxNetworkClient::Setback {
 public:
  /// `judged`: what the answer says, where one came. Takes the attempt's text.
  Setback(const FetchOptions& options, Attempt& attempt, const AttemptOutcome& judged) : outcome(judged) {
    if (attempt.answered) {
      api = describeApiError(attempt.response, options.session.clock()->now());
      outcome.retryAfter = api->retryAfter;
      context = summarize(*api, attempt.response.body, *options.session.dataSanitizer());
      return;
    }
    // A token request has had its own repeats: one layer repeats.
    outcome.kind = attempt.failure.phase == Phase::token ? FailureKind::final
                                                         : judgeFailure(attempt.failure, attempt.reused, attempt.begun);
    outcome.phase = attempt.failure.phase;
    outcome.code = attempt.failure.code;
    outcome.fate = attempt.fate;
    context = std::move(attempt.failure.context);
    if (attempt.tokenError) api = std::move(*attempt.tokenError);
  }

  AttemptOutcome outcome;
  std::string context;
  std::optional<ApiErrorInfo> api;
};

/// What a call carries from one attempt to the next.
class BoxNetworkClient::Course {
 public:
  std::unique_ptr<RetryState> retry;  ///< from the first failure on
  RetryState::Step step;
  std::shared_ptr<const AccessToken> token;
  bool refreshed = false, tokenIsNew = false;
};

/// The record of one call: what was tried, what became of it, and who is told. No I/O.
class BoxNetworkClient::Call {
 public:
  Call(Core& core, const FetchOptions& options)
      : network_(*core.network),
        options_(options),
        id_(core.calls.fetch_add(1, std::memory_order_relaxed) + 1),
        started_(Steady::now()),
        deadline_(options.deadline.resolve(started_, Deadline(options.session.timeouts().call))) {
    network_.notify(event::CallStarted{id_, options.operation, options.method, options.url});
  }

  /// Also where an exception of the caller's own code ends the call.
  ~Call() {
    if (!ended_) tellEnd(error_code(), fate_);
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Steady::time_point deadline() const noexcept { return deadline_; }
  std::uint64_t id() const noexcept { return id_; }
  void tell(const Event& event) const noexcept { network_.notify(event); }

  void beginAttempt(std::chrono::milliseconds waited) {
    last_ = AttemptRecord();
    last_.number = ++attempts_;
    last_.waited = waited;
    attemptStarted_ = Steady::now();
    running_ = true;
    network_.notify(event::AttemptStarted{id_, attempts_});
  }

  void endAttempt(const Attempt& attempt, const AttemptOutcome& outcome, error_code code) {
    last_.code = code;
    kind_ = outcome.kind;
    last_.cause = attempt.failure.cause;
    last_.phase = outcome.phase;
    last_.fate = outcome.fate;
    last_.statusCode = outcome.statusCode;
    last_.reusedConnection = attempt.reused;
    last_.elapsed = Steady::now() - attemptStarted_;
    fate_ = ofBoth(fate_, last_.fate);
    running_ = false;
    network_.notify(event::AttemptEnded{id_, last_});
    if (last_.code) records_.push_back(last_);
  }

  void succeed() {
    if (options_.session.retryBudget()) options_.session.retryBudget()->deposit();
    tellEnd(error_code(), Fate::accepted);
  }

  /// Ends the call with an error that knows everything.
  [[noreturn]] void fail(error_code code, std::string context, std::optional<ApiErrorInfo> api = std::nullopt) {
    fail(code, last_.phase, std::move(context), std::move(api));
  }

  [[noreturn]] void fail(error_code code, Phase phase, std::string context,
                         std::optional<ApiErrorInfo> api = std::nullopt) {
    ErrorDetails details;
    details.fate = fate_;
    details.phase = phase;
    details.cause = last_.cause;
    if (code == last_.code && kind_ != FailureKind::final) details.kind = kind_;
    details.elapsed = Steady::now() - started_;
    details.context = options_.operation;
    if (!context.empty()) details.context += ": " + context;
    details.attempts = std::move(records_);
    tellEnd(code, details.fate);
    if (api) {
      details.api = std::move(api);
      throw BoxApiError(code, std::move(details));
    }
    throw BoxSdkError(code, std::move(details));
  }

  /// Ends the call because of an exception in the middle of an attempt or between two of them.
  [[noreturn]] void failEarly(const Attempt& attempt, const boost::system::system_error& error,
                              std::string context = {}) {
    if (running_) {
      AttemptOutcome outcome;
      outcome.phase = attempt.fate == Fate::notSent ? Phase::prepare : Phase::read;
      outcome.fate = attempt.fate;
      endAttempt(attempt, outcome, error.code());
    }
    fail(error.code(), std::move(context));
  }

  bool ended() const noexcept { return ended_; }
  unsigned attempts() const noexcept { return attempts_; }

 private:
  /// Of the call: once an attempt is in doubt, only a 202 settles it; and what Box has refused once, it has seen.
  static Fate ofBoth(Fate before, Fate last) noexcept {
    if (last == Fate::accepted || before == Fate::notSent) return last;
    return last == Fate::notSent || before == Fate::inDoubt ? before : last;
  }

  void tellEnd(error_code code, Fate fate) {
    ended_ = true;
    network_.notify(event::CallEnded{id_, code, fate, last_.statusCode, attempts_, Steady::now() - started_});
  }

  const Network& network_;
  const FetchOptions& options_;
  const std::uint64_t id_;
  const Steady::time_point started_, deadline_;
  Steady::time_point attemptStarted_;
  unsigned attempts_ = 0;
  bool ended_ = false, running_ = false;
  Fate fate_ = Fate::notSent;
  FailureKind kind_ = FailureKind::final;  ///< of the last attempt's failure
  AttemptRecord last_;
  std::vector<AttemptRecord> records_;
};

namespace {

/// The body of a token request goes with it; that of a call has no secrets.
class WipedBody {
 public:
  explicit WipedBody(FetchOptions& options) noexcept : options_(options) {}
  ~WipedBody() {
    if (!options_.auth) OPENSSL_cleanse(options_.body.data(), options_.body.size());
  }
  WipedBody(const WipedBody&) = delete;
  WipedBody& operator=(const WipedBody&) = delete;

 private:
  FetchOptions& options_;
};

/// What has no auth asks for a token: it has the app's secrets in it, which are nobody's to see.
bool isIntercepted(const FetchOptions& options) { return options.auth && !options.session.interceptors().empty(); }

Failure cancelled(Phase phase) {
  Failure failure;
  failure.code = asio::error::operation_aborted;
  failure.phase = phase;
  return failure;
}

/// Why the last failure was the last, for what().
std::string withEnding(std::string text, RetryState::Ending ending, unsigned count) {
  const std::string attempts = count == 1 ? std::string("1 attempt") : std::to_string(count) + " attempts";
  switch (ending) {
    case RetryState::Ending::exhausted: return text + "; after " + attempts;
    case RetryState::Ending::budget: return text + "; after " + attempts + ": the retry budget is used up";
    case RetryState::Ending::deadline:
      return text + "; after " + attempts + ": the deadline leaves no time for another";
    case RetryState::Ending::none:
    case RetryState::Ending::permanent: break;
  }
  return text;
}

RequestParts partsOf(const FetchOptions& request, const Url& url, const AccessToken* token) {
  RequestParts parts;
  parts.method = request.method;
  parts.url = &url;
  if (token != nullptr) parts.bearerToken = token->value().reveal();
  parts.contentType = request.contentType;
  // A token request is nobody's call: no As-User and no other header of the session goes with it.
  parts.sessionHeaders = request.auth ? &request.session.extraHeaders() : nullptr;
  parts.headers = &request.headers;
  parts.body = request.body;
  return parts;
}

}  // namespace

BoxNetworkClient::BoxNetworkClient(asio::any_io_executor executor, const NetworkSession& session)
    : core_(std::make_shared<Core>(std::move(executor), session)) {}

BoxNetworkClient::BoxNetworkClient(std::shared_ptr<Core> core) noexcept : core_(std::move(core)) {}

BoxNetworkClient::~BoxNetworkClient() = default;

void BoxNetworkClient::close() noexcept { core_->close(); }

asio::awaitable<FetchResponse> BoxNetworkClient::fetch(FetchOptions options) { return run(core_, std::move(options)); }

namespace {

using Token = std::shared_ptr<const AccessToken>;

asio::awaitable<Token> askForToken(std::shared_ptr<Authentication> auth, Token refused, TokenContext context) {
  if (refused) co_return co_await auth->refreshToken(std::move(refused), std::move(context));
  co_return co_await auth->retrieveToken(std::move(context));
}

}  // namespace

/// A token for the call: the one at hand has been refused, or there is none. There is none where that fails.
/// Whatever the Authentication does (it may be the caller's own), the call leaves when its time is up or the client closes.
asio::awaitable<void> BoxNetworkClient::obtainToken(const std::shared_ptr<Core>& core, const FetchOptions& options,
                                                    Call& call, Course& course, Attempt& attempt) {
  Failure& failure = attempt.failure;
  Token refused = std::move(course.token);
  call.tell(event::TokenRequested{call.id(), refused != nullptr});
  failure.phase = Phase::token;
  // The client that the call was made on may be gone by now.
  std::shared_ptr<NetworkClient> client(new BoxNetworkClient(core));
  const auto executor = co_await asio::this_coro::executor;
  TokenContext context(std::move(client), options.session, Deadline(call.deadline()));
  const auto flight =
      Flight<Token>::launch(executor, askForToken(options.auth, std::move(refused), std::move(context)));
  Waiter waiter(executor, call.deadline());
  error_code ec;
  {
    const Flight<Token>::Seat seat(flight, waiter);
    const Watchdog::Attendance attendance(core->network->watchdog, waiter);
    co_await waiter.asyncWait(asio::redirect_error(asio::use_awaitable, ec));
  }
  if (!flight->landed()) {
    failure.code = core->network->watchdog->closed() ? make_error_code(Errc::clientClosed)
                   : ec                              ? make_error_code(asio::error::operation_aborted)
                                                     : make_error_code(Errc::callTimeout);
    co_return;
  }
  try {
    course.token = flight->take();
    if (course.token) {
      failure.phase = Phase::prepare;
      co_return;
    }
    failure.code = Errc::tokenUnavailable;
    failure.context = "the Authentication gave none";
  } catch (const BoxSdkError& error) {
    failure.code = error.code();
    failure.cause = error.cause();
    failure.context = error.details().context;
    if (error.details().api) attempt.tokenError = std::make_unique<ApiErrorInfo>(*error.details().api);
  }
}

asio::awaitable<void> BoxNetworkClient::pause(Core& core, std::chrono::milliseconds delay, Failure& failure) {
  Waiter waiter(co_await asio::this_coro::executor, Steady::now() + delay);
  const Watchdog::Attendance attendance(core.network->watchdog, waiter);
  error_code ec;
  co_await waiter.asyncWait(asio::redirect_error(asio::use_awaitable, ec));
  failure.phase = Phase::backoff;
  if (core.network->watchdog->closed()) {
    failure.code = Errc::clientClosed;
  } else if (ec) {
    failure.code = ec;
  }
}

/// One attempt on the wire: a connection, then one exchange on it. `response` is filled as soon as a final header is there;
/// `failure` is set where it did not come, or its body broke.
asio::awaitable<void> BoxNetworkClient::attemptOnce(Core& core, const FetchOptions& request, Call& call,
                                                    const AccessToken* token, bool fresh, Attempt& attempt) {
  const TimeoutOptions& timeouts = request.session.timeouts();
  const std::shared_ptr<const Url> url = core.url(request.url);
  const std::shared_ptr<ConnectionPool> pool = core.pool(*url, request.session.proxy());

  const Steady::time_point now = Steady::now();
  TimeLimits limits(call.deadline());
  limits.beginAttempt(now, timeouts.attempt);
  Lease lease = fresh ? Lease() : pool->tryAcquire(now);
  if (!lease) {
    std::chrono::nanoseconds waited{0};
    lease = co_await pool->acquire(fresh, limits, timeouts, attempt.failure, waited);
    // A connection is needed more than those that nobody uses are.
    if (attempt.failure.code == Errc::localResource && core.shedIdle()) {
      attempt.failure = Failure();
      lease = co_await pool->acquire(fresh, limits, timeouts, attempt.failure, waited);
    }
    if (waited != std::chrono::nanoseconds::zero()) call.tell(event::PoolWaited{call.id(), waited});
    if (!lease) co_return;
  }
  // Nothing is sent behind a cancellation, whether it came together with the connection or before the call did.
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    lease.giveBackUnused();
    attempt.failure = cancelled(Phase::pool);
    co_return;
  }
  attempt.reused = lease.reused();

  writeRequest(lease->out, partsOf(request, *url, token));
  const auto expect = request.method == "HEAD" ? ResponseReader::Expect::header : ResponseReader::Expect::response;
  Exchange exchange(*lease, limits, timeouts, request.session.responseLimits(), expect);
  attempt.fate = Fate::inDoubt;  // from here on, also where an exception ends this coroutine
  co_await exchange.run();

  if (!request.auth) lease->wipe();
  attempt.failure = std::move(exchange.failure);
  attempt.begun = exchange.reader.begun();
  attempt.answered = exchange.reader.headerComplete();
  if (attempt.answered) {
    attempt.response.statusCode = exchange.reader.statusCode();
    attempt.response.bodyIntact = exchange.reader.bodyIntact();
  }
  const auto peerIdle = exchange.reader.keepAliveTimeout();
  attempt.response.headers = exchange.reader.takeHeaders();
  if (attempt.response.bodyIntact) attempt.response.body = exchange.reader.takeBody();
  if (exchange.reusable) {
    lease.giveBack(peerIdle);
  } else {
    lease.drop(attempt.failure       ? event::CloseReason::failed
               : exchange.leftover() ? event::CloseReason::unsolicited
                                     : event::CloseReason::peer);
  }
  // The watchdog ends connections alike for time limits and for closing.
  if (attempt.failure && attempt.failure.code != asio::error::operation_aborted && core.network->watchdog->closed()) {
    attempt.failure.code = Errc::clientClosed;
  }
}

asio::awaitable<void> BoxNetworkClient::attemptIntercepted(Core& core, const FetchOptions& options, Call& call,
                                                           const Course& course, Attempt& attempt) {
  FetchOptions request = options;
  for (const auto& interceptor : options.session.interceptors()) interceptor->beforeRequest(request);
  co_await attemptOnce(core, request, call, course.token.get(), course.step.fresh, attempt);
}

/// Ends the attempt, and the call where it has what it wants: null then.
auto BoxNetworkClient::settle(const FetchOptions& options, Call& call, Attempt& attempt) -> std::unique_ptr<Setback> {
  AttemptOutcome outcome;
  if (attempt.answered) {
    Verdict verdict = judgeResponse(attempt.response, options.expectedStatus);
    const bool accepted = verdict.success;
    if (isIntercepted(options)) {
      const auto& interceptors = options.session.interceptors();
      for (auto i = interceptors.rbegin(); i != interceptors.rend(); ++i) (*i)->afterRequest(attempt.response);
      verdict = judgeResponse(attempt.response, options.expectedStatus);
    }
    // The caller's cancellation counts also behind a header; our own limits and broken bodies do not unmake an answer.
    const bool cancelledNow = attempt.failure.code == asio::error::operation_aborted;
    outcome.kind = cancelledNow ? FailureKind::final : verdict.kind;
    outcome.phase = Phase::response;
    outcome.statusCode = attempt.response.statusCode;
    outcome.code = cancelledNow ? attempt.failure.code : make_error_code(verdict.code);
    outcome.fate = accepted ? Fate::accepted : verdict.fate;
    if (accepted || verdict.success) {
      call.endAttempt(attempt, outcome, cancelledNow ? outcome.code : error_code());
      if (cancelledNow) call.fail(outcome.code, "cancelled behind the acceptance");
      call.succeed();
      return nullptr;
    }
  }
  auto setback = std::make_unique<Setback>(options, attempt, outcome);
  call.endAttempt(attempt, setback->outcome, setback->outcome.code);
  return setback;
}

// What only a failure needs is not in the frame: Asio keeps frames of up to 1 KiB for the next call, and larger ones cost
// the allocator's slow way.
asio::awaitable<FetchResponse> BoxNetworkClient::run(std::shared_ptr<Core> core, FetchOptions options) {
  Call call(*core, options);
  Course course;
  const WipedBody wiped(options);
  Attempt attempt;

  try {
    for (;;) {
      attempt = Attempt();
      call.beginAttempt(course.step.delay);
      if (call.deadline() <= Steady::now()) {
        attempt.failure.code = Errc::callTimeout;
      } else if (options.auth && !std::exchange(course.tokenIsNew, false)) {
        course.token = options.auth->currentToken(options.session.clock()->now());
        if (!course.token) co_await obtainToken(core, options, call, course, attempt);
      }
      if (!attempt.failure) {
        if (isIntercepted(options)) {
          co_await attemptIntercepted(*core, options, call, course, attempt);
        } else {
          co_await attemptOnce(*core, options, call, course.token.get(), course.step.fresh, attempt);
        }
      }

      const std::unique_ptr<Setback> setback = settle(options, call, attempt);
      if (!setback) co_return std::move(attempt.response);

      if (setback->outcome.kind == FailureKind::auth && course.token && !std::exchange(course.refreshed, true)) {
        // Keyed by the token that was refused: where another call has a newer one already, that is used.
        attempt.failure = Failure();
        co_await obtainToken(core, options, call, course, attempt);
        if (course.token) {
          course.tokenIsNew = true;
          course.step = RetryState::Step();
          continue;
        }
        setback->context += "; " + attempt.failure.context;
        // The reason why there is no other token is what there is something to be done about.
        if (attempt.failure.code != Errc::tokenUnavailable) {
          if (attempt.tokenError) setback->api = std::move(*attempt.tokenError);
          call.fail(attempt.failure.code, Phase::token, std::move(setback->context), std::move(setback->api));
        }
      }

      if (!course.retry)
        course.retry = std::make_unique<RetryState>(options.session, options.retryPolicy, call.deadline());
      course.step = course.retry->next(setback->outcome, Steady::now());
      if (course.step.ending != RetryState::Ending::none) {
        call.fail(setback->outcome.code, withEnding(std::move(setback->context), course.step.ending, call.attempts()),
                  std::move(setback->api));
      }
      call.tell(event::RetryScheduled{call.id(), call.attempts() + 1, setback->outcome.kind, course.step.delay});
      if (course.step.delay > std::chrono::milliseconds::zero()) {
        attempt.failure = Failure();
        co_await pause(*core, course.step.delay, attempt.failure);
        if (attempt.failure) call.fail(attempt.failure.code, attempt.failure.phase, std::move(setback->context));
      }
    }
  } catch (const BoxSdkError& error) {
    // Ours, and told; or an objection to the request on its way out, which has nothing of the call in it yet.
    if (call.ended()) throw;
    call.failEarly(attempt, error, error.details().context);
  } catch (const boost::system::system_error& error) {
    // Asio throws this where a cancellation arrives between two operations.
    if (error.code() != asio::error::operation_aborted) throw;
    call.failEarly(attempt, error);
  }
}

}  // namespace box

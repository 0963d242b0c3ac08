#include "box/bulk/file_journal.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/blocking.hpp"
#include "async/flight.hpp"
#include "async/signal.hpp"
#include "async/waiter.hpp"
#include "box/error.hpp"
#include "box/support/clock.hpp"
#include "box/support/time.hpp"
#include "bulk/journal_file.hpp"
#include "bulk/journal_text.hpp"
#include "system/fork.hpp"
#include "system/owned_file.hpp"
#include "support/random_hex.hpp"

namespace box::inline v0_1 {
namespace {

using Kind = JournalError::Kind;
using SteadyClock = std::chrono::steady_clock;

void requireSame(const std::string& path, std::string_view what, const std::string& there, const std::string& here) {
  if (there == here) return;
  throw JournalError(Kind::mismatch, "journal " + quotedPath(path) + ": it belongs to another " + std::string(what) +
                                         " (" + quotedPath(there) + ", and now it is " + quotedPath(here) +
                                         "): give the same one, or begin again with a new journal");
}

/// The longest JournalOptions::groupWait that is allowed.
constexpr std::chrono::milliseconds longestGroupWait = std::chrono::hours(1);

void requireSane(const JournalOptions& options) {
  if (options.groupRecords == 0)
    throw BoxSdkError(Errc::invalidConfiguration, "JournalOptions::groupRecords is 0: give 1 or more");
  if (options.groupWait.count() < 0 || options.groupWait > longestGroupWait)
    throw BoxSdkError(Errc::invalidConfiguration, "JournalOptions::groupWait must be from 0 to 1 h");
}

}  // namespace

struct FileJournal::State {
  /// The records that one sync makes durable together.
  struct Group {
    unsigned records = 0;
    Signal full;  // set when the group does not wait for more records
    std::shared_ptr<Flight<bool>> flight;
  };

  State(std::unique_ptr<JournalFile> f, JournalPen p, JournalOptions o, std::shared_ptr<const Clock> c)
      : options(o), clock(c ? std::move(c) : systemClock()), file(std::move(f)), pen(p) {}

  const JournalOptions options;
  const std::shared_ptr<const Clock> clock;
  const std::uint64_t generation = processGeneration();
  const std::shared_ptr<BlockingThreads> threads = std::make_shared<BlockingThreads>(1);
  // Protects the members after it. It is held while records are handed to the operating system, not while the disk is
  // awaited.
  std::mutex mutex;
  std::shared_ptr<JournalFile> file;
  JournalPen pen;
  // Set when a record could not be written or made durable. From then on nothing is written: a later record would hide
  // that one is missing, or make the whole journal unreadable.
  std::optional<JournalError> broken;
  bool torn = false;  // there was no memory, perhaps in the middle of a record: no other record may follow it
  std::shared_ptr<Group> group;  // the group that takes further records

  void write(const std::string& payload) {
    const std::lock_guard lock(mutex);
    if (broken) throw *broken;
    if (torn) throw JournalError(Kind::lost, "a record is missing in the journal, because there was no memory for it");
    try {
      if (!file) throw JournalError(Kind::lost, "the journal is closed");
      if (processGeneration() != generation) {
        throw JournalError(Kind::lost,
                           "the journal belongs to the process that opened it, and this is its forked child");
      }
      file->append(pen.record(payload));
    } catch (const JournalError& error) {
      broken.emplace(error);
      throw;
    } catch (...) {
      torn = true;
      throw;
    }
  }

  /// Waits until all records that were written before are durable. `alone`: the group does not wait for more records.
  static asio::awaitable<void> durable(std::shared_ptr<State> self, bool alone) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    std::shared_ptr<Flight<bool>> flight;
    {
      const std::lock_guard lock(self->mutex);
      if (self->broken) throw *self->broken;
      if (!self->group || !self->group->flight->joinable()) {
        const auto begun = std::make_shared<Group>();
        begun->flight = Flight<bool>::launch(executor, syncGroup(self, begun));
        self->group = begun;
      }
      Group& group = *self->group;
      flight = group.flight;
      if (++group.records >= self->options.groupRecords || alone) group.full.set();
    }
    Waiter waiter(executor, SteadyClock::time_point::max());
    const Flight<bool>::Participant participant(flight, waiter);
    boost::system::error_code ignored;
    co_await waiter.asyncWait(asio::redirect_error(asio::use_awaitable, ignored));
    if (!flight->completed()) throw boost::system::system_error(asio::error::operation_aborted);
    flight->take();
  }

  static asio::awaitable<bool> syncGroup(std::shared_ptr<State> self, std::shared_ptr<Group> group) {
    Waiter more(co_await asio::this_coro::executor, after(SteadyClock::now(), self->options.groupWait));
    boost::system::error_code ignored;
    try {
      const Signal::Subscription full(std::shared_ptr<Signal>(group, &group->full), more);
      co_await more.asyncWait(asio::redirect_error(asio::use_awaitable, ignored));
    } catch (...) {
      leave(*self, group);
      throw;
    }
    const std::shared_ptr<JournalFile> file = leave(*self, group);
    const auto task = std::make_shared<BlockingCall<void>>([file] {
      if (file) file->sync();
    });
    co_await awaitBlocking(self->threads, task, SteadyClock::time_point::max());
    try {
      task->take();
    } catch (const JournalError& error) {
      const std::lock_guard lock(self->mutex);
      self->broken.emplace(error);
      throw;
    }
    co_return true;
  }

  /// From now on the group accepts no more records.
  static std::shared_ptr<JournalFile> leave(State& self, const std::shared_ptr<Group>& group) {
    const std::lock_guard lock(self.mutex);
    if (self.group == group) self.group.reset();
    return self.file;
  }

  static asio::awaitable<void> add(std::shared_ptr<State> self, std::string payload, bool sync) {
    self->write(payload);
    if (sync) co_await durable(self, self->options.sync == JournalSync::always);
  }

  static asio::awaitable<void> end(std::shared_ptr<State> self, std::string payload) {
    bool usable = false;
    {
      const std::lock_guard lock(self->mutex);
      usable = self->file && !self->broken && !self->torn;
    }
    if (usable) {
      self->write(payload);
      if (self->options.sync != JournalSync::off) co_await durable(self, true);
    }
    const std::lock_guard lock(self->mutex);
    self->file.reset();  // releases the lock too
  }
};

std::shared_ptr<FileJournal> journalOn(std::unique_ptr<JournalFile> file, JournalContents contents,
                                       JournalOptions options, std::shared_ptr<const Clock> clock) {
  requireSane(options);
  const JournalFacts& facts = JournalFacts::of(contents);
  const JournalPen pen(facts.headerChecksum, facts.records);
  auto state = std::make_shared<FileJournal::State>(std::move(file), pen, options, std::move(clock));
  return std::shared_ptr<FileJournal>(new FileJournal(std::move(contents), std::move(state)));
}

FileJournal::FileJournal(JournalContents contents, std::shared_ptr<State> state) noexcept
    : contents_(std::move(contents)), state_(std::move(state)) {}

std::shared_ptr<FileJournal> FileJournal::create(const std::string& path, JournalHeader header, JournalOptions options,
                                                 std::shared_ptr<const Clock> clock) {
  requireSane(options);
  if (!clock) clock = systemClock();
  header.job = randomHex(16);
  header.created = clock->now();
  std::unique_ptr<JournalFile> file = JournalFile::create(path, JournalPen().header(header));
  JournalContents contents = contentsOf(*file);
  return journalOn(std::move(file), std::move(contents), options, std::move(clock));
}

std::shared_ptr<FileJournal> FileJournal::open(const std::string& path, const JournalBinding& binding,
                                               JournalOptions options, std::shared_ptr<const Clock> clock) {
  requireSane(options);
  std::unique_ptr<JournalFile> file = JournalFile::open(path);
  JournalContents contents = contentsOf(*file);
  const JournalBinding& there = contents.header().binding;
  requireSame(path, "kind of list", there.target, binding.target);
  requireSame(path, "host", there.host, binding.host);
  requireSame(path, "account", there.subject, binding.subject);
  requireSame(path, "list", there.input, binding.input);
  if (contents.truncatedBytes() > 0) file->cut(contents.size());
  return journalOn(std::move(file), std::move(contents), options, std::move(clock));
}

void FileJournal::note(const std::vector<std::pair<std::string, std::string>>& notes) {
  state_->write(notePayload(notes, state_->clock->now()));
}

std::vector<std::chrono::system_clock::time_point> FileJournal::recentCalls() const {
  std::vector<std::chrono::system_clock::time_point> out;
  const auto oldest = state_->clock->now() - std::chrono::hours(24);
  for (const JournalCall& call : contents_.calls()) {
    if (call.sentAt >= oldest) out.push_back(call.sentAt);
  }
  return out;
}

asio::awaitable<void> FileJournal::intend(BulkCall call) {
  return State::add(state_, intentPayload(call, state_->clock->now()), state_->options.sync == JournalSync::always);
}

asio::awaitable<void> FileJournal::settle(BulkCall call, BulkVerdictDetails verdict) {
  return State::add(state_, verdictPayload(call.number, verdict, state_->clock->now()),
                    state_->options.sync != JournalSync::off);
}

asio::awaitable<void> FileJournal::close(bool finished) {
  return State::end(state_, endPayload(finished, state_->clock->now()));
}

}  // namespace box::inline v0_1

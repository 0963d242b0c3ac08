// The input is entries, replies, ticks and ends for a bulk run's scheduler. The promises: no more calls in flight than
// allowed, never an entry in two of them, no more calls in a window than the cap, one verdict for each call, and in the
// end one state for each entry, which fits the answers.
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "bulk/scheduler.hpp"
#include "fuzz.hpp"

namespace {

using namespace std::chrono_literals;
using box::fuzz::require;
using TimePoint = box::Scheduler::TimePoint;

class NotRandom : public box::Random {
 public:
  double uniform() const noexcept override { return 0.5; }
};

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  unsigned take() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

box::CallReply replyFrom(unsigned byte) {
  using Kind = box::CallReply::Kind;
  box::CallReply reply;
  reply.kind = static_cast<Kind>(byte % 7);
  reply.status = byte & 0x80 ? 413 : byte & 0x10 ? 403 : 404;
  switch (reply.kind) {
    case Kind::accepted: reply.fate = box::Fate::accepted; break;
    case Kind::refused:
    case Kind::throttled: reply.fate = box::Fate::rejected; break;
    default: reply.fate = byte & 0x40 ? box::Fate::inDoubt : byte & 0x20 ? box::Fate::rejected : box::Fate::notSent;
  }
  if (reply.kind == Kind::throttled && (byte & 0x40)) reply.retryAfter = std::chrono::seconds(byte & 0x1f);
  return reply;
}

class Trial {
 public:
  explicit Trial(Bytes bytes)
      : bytes_(bytes), options_(makeOptions(bytes_)), scheduler_(options_, std::make_shared<NotRandom>(), now_) {}

  void run() {
    while (!bytes_.empty()) {
      const unsigned byte = bytes_.take();
      switch (byte % 6) {
        case 0:
          for (unsigned i = byte / 6; i > 0 && scheduler_.needsEntries(); --i) addOne(byte & 0x80);
          break;
        case 1: now_ += std::chrono::milliseconds(byte * 10); break;
        case 2:
          if (!flights_.empty()) answer(std::next(flights_.begin(), byte / 6 % flights_.size())->first, bytes_.take());
          break;
        case 3:
          if (byte > 0xf0) scheduler_.end(box::BulkEnd::stopped, "stopped", now_);
          break;
        case 4:
          if (byte > 0xf0) endInput();
          break;
        default: step();
      }
      if (done_) break;
    }
    // From here on Box answers well, and the run must end by itself.
    endInput();
    for (int i = 0; !done_; ++i) {
      require(i < 100000, "a run ends");
      const TimePoint until = step();
      if (!flights_.empty()) {
        answer(flights_.begin()->first, 0);
      } else if (until > now_ && !done_) {
        require(until != TimePoint::max(), "without calls in flight the scheduler waits for a given time");
        now_ = until;
      }
    }
    require(states_.size() == added_, "every entry has a state");
    require(verdicts_.size() == calls_, "every call has a verdict");
  }

 private:
  static box::BulkOptions makeOptions(Bytes& bytes) {
    box::BulkOptions options;
    options.batchSize = 1 + bytes.take() % 12;
    options.concurrency = 1 + bytes.take() % 5;
    options.attempts = 1 + bytes.take() % 4;
    options.rate.start = options.rate.cap = 1 + bytes.take();
    options.systemicSingles = bytes.take() % 4;
    options.systemicBatches = bytes.take() % 4;
    options.rejectedSample = 1 + bytes.take();
    options.longestOutage = 1min;
    return options;
  }

  void addOne(bool doubted) {
    if (inputEnded_) return;
    box::BulkItem item;
    item.index = added_++;
    if (doubted) doubted_.insert(item.index);
    scheduler_.add(std::move(item), doubted);
  }
  void endInput() {
    if (!inputEnded_) scheduler_.endOfInput();
    inputEnded_ = true;
  }

  TimePoint step() {
    const box::Scheduler::Step step = scheduler_.next(now_);
    if (step.action == box::Scheduler::Action::done) done_ = true;
    if (step.action == box::Scheduler::Action::send) {
      ++calls_;
      std::vector<std::uint64_t> indices;
      for (const box::BulkItem& item : step.call.part.items()) {
        require(inFlight_.insert(item.index).second, "an entry is in one call at a time");
        require(!states_.contains(item.index), "an entry with a state is not sent again");
        indices.push_back(item.index);
      }
      require(!indices.empty() && indices.size() <= options_.batchSize,
              "a call has between 1 and the allowed number of entries");
      flights_.emplace(step.call.number, std::move(indices));
      require(flights_.size() <= options_.concurrency, "no more calls in flight than allowed");
      sent_.push_back(now_);
      while (sent_.front() <= now_ - options_.rate.window) sent_.pop_front();
      require(static_cast<double>(sent_.size()) <= options_.rate.cap * 60, "no more in a minute than the cap allows");
    }
    collect();
    return step.until;
  }

  void answer(std::uint64_t call, unsigned byte) {
    const std::vector<std::uint64_t> indices = flights_.at(call);
    flights_.erase(call);
    box::CallReply reply = replyFrom(byte);
    for (const std::uint64_t index : indices) {
      inFlight_.erase(index);
      if (reply.fate == box::Fate::accepted) accepted_.insert(index);
      if (reply.fate == box::Fate::inDoubt) doubted_.insert(index);
      if (reply.kind == box::CallReply::Kind::refused && indices.size() == 1) refused_.insert(index);
    }
    scheduler_.reply(call, std::move(reply), now_);
    collect();
  }

  void collect() {
    for (const auto& conclusion : scheduler_.takeConclusions()) {
      if (conclusion.call != 0) require(verdicts_.insert(conclusion.call).second, "a call has one verdict");
      if (!conclusion.state) continue;
      for (const box::BulkItem& item : conclusion.part.items()) {
        require(states_.emplace(item.index, *conclusion.state).second, "an entry has one state");
        const bool isAccepted = *conclusion.state == box::BulkState::accepted;
        require(isAccepted == accepted_.contains(item.index), "accepted is what Box accepted, and all of it");
        if (*conclusion.state == box::BulkState::rejected) require(refused_.contains(item.index), "rejected alone");
        if (*conclusion.state == box::BulkState::notSent) require(!doubted_.contains(item.index), "no doubt is lost");
      }
    }
  }

  Bytes bytes_;
  TimePoint now_{1000h};
  box::BulkOptions options_;
  box::Scheduler scheduler_;
  std::uint64_t added_ = 0, calls_ = 0;
  bool inputEnded_ = false, done_ = false;
  std::map<std::uint64_t, std::vector<std::uint64_t>> flights_;
  std::set<std::uint64_t> inFlight_, accepted_, doubted_, refused_, verdicts_;
  std::map<std::uint64_t, box::BulkState> states_;
  std::deque<TimePoint> sent_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Trial(Bytes(data, size)).run();
  return 0;
}

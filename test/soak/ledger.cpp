#include "soak/ledger.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <sstream>

#include "soak/server_faults.hpp"

namespace box::soak {
namespace {

/// How many ended calls are remembered, because a later message of the server about them could show a violation. At the
/// rates of a storm this number of calls ends in a few seconds, which is longer than a request is in progress.
constexpr std::size_t mostKept = 1000;

constexpr std::size_t mostUnderWayShown = 10;

/// Whether a server with this answer has not done what was asked.
bool isRefusal(int status) { return (status >= 300 && status <= 501) || status == 505; }

}  // namespace

std::vector<std::string> CallPlan::ids() const {
  std::vector<std::string> ids;
  ids.reserve(entries);
  for (unsigned i = 0; i < entries; ++i) ids.push_back(std::to_string(number * mostEntries + i));
  return ids;
}

std::vector<std::string> CallPlan::logins() const {
  if (!login) return {};
  return {"call" + std::to_string(number) + "@example.com"};
}

std::optional<std::uint64_t> CallPlan::numberOf(std::string_view id) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(id.data(), id.data() + id.size(), value);
  if (ec != std::errc() || end != id.data() + id.size() || value < mostEntries) return std::nullopt;
  return value / mostEntries;
}

CallEnd CallEnd::of(const CallResult<SessionTerminationMessage>& result) {
  CallEnd end;
  if (result) {
    end.success = true;
    end.fate = Fate::accepted;
    end.boxRequestId = result->boxRequestId;
    return end;
  }
  const BoxSdkError& error = result.error();
  end.fate = error.fate();
  end.code = error.code();
  end.attempts = static_cast<unsigned>(error.attempts().size());
  end.unasked = std::any_of(error.attempts().begin(), error.attempts().end(), [](const AttemptRecord& attempt) {
    return attempt.statusCode == ServerFaults::unaskedStatus;
  });
  end.text = error.what();
  // In the phase of the token the status is that of the token endpoint.
  if (error.api() != nullptr && error.phase() != Phase::token) end.status = error.api()->statusCode;
  return end;
}

bool Ledger::Entry::answeredWith(int status) const {
  const auto end = statuses.begin() + std::min<std::ptrdiff_t>(answered, std::ssize(statuses));
  return std::find(statuses.begin(), end, status) != end;
}

bool Ledger::Entry::refused() const {
  const auto end = statuses.begin() + std::min<std::ptrdiff_t>(answered, std::ssize(statuses));
  return std::any_of(statuses.begin(), end, isRefusal);
}

bool Ledger::Entry::knows(std::size_t requestId) const {
  const auto end = requestIds.begin() + std::min<std::ptrdiff_t>(accepted, std::ssize(requestIds));
  return std::find(requestIds.begin(), end, requestId) != end;
}

void Ledger::begin(const CallPlan& plan) {
  Entry entry;
  entry.plan = plan;
  const std::lock_guard lock(mutex_);
  entries_.emplace(plan.number, entry);
}

void Ledger::allowFor(std::chrono::nanoseconds lateness) {
  const std::lock_guard lock(mutex_);
  tolerance_ += lateness;
}

void Ledger::seen(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(number);
  if (found == entries_.end()) return;  // the call has ended and is forgotten
  Entry& entry = found->second;
  ++entry.seen;
  if (entry.ended && entry.told == Fate::notSent)
    violate(entry, "the server saw a request that was told as notSent before");
}

void Ledger::accepted(bool groups, const std::vector<std::string>& ids, const std::vector<std::string>& logins,
                      std::string_view boxRequestId) {
  const std::optional<std::uint64_t> number = ids.empty() ? std::nullopt : CallPlan::numberOf(ids.front());
  const std::lock_guard lock(mutex_);
  ++acceptances_;
  if (!number) {
    violations_.add("the server accepted a request that no call has sent");
    return;
  }
  const auto found = entries_.find(*number);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (groups != entry.plan.groups || ids != entry.plan.ids() || logins != entry.plan.logins()) {
    violate(entry, "the server got other ids than the caller gave");
  }
  if (entry.accepted != 0) ++repeatedAcceptances_;
  if (entry.accepted < entry.requestIds.size())
    entry.requestIds[entry.accepted] = std::hash<std::string_view>()(boxRequestId);
  ++entry.accepted;
  if (entry.plan.strict && entry.accepted > 1) violate(entry, "a strict call was accepted twice");
  if (exactlyOnce_ && entry.accepted > 1) violate(entry, "a call was accepted twice");
  if (entry.ended && (entry.told == Fate::notSent || entry.told == Fate::rejected)) {
    violate(entry, "the server accepted what was told as not accepted before");
  }
}

void Ledger::answered(std::uint64_t number, int status) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(number);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (entry.answered < entry.statuses.size()) entry.statuses[entry.answered] = static_cast<std::uint16_t>(status);
  ++entry.answered;
}

void Ledger::end(std::uint64_t number, const CallEnd& end) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(number);
  if (found == entries_.end() || found->second.ended) {
    violations_.add("call " + std::to_string(number) + " has ended twice");
    return;
  }
  Entry& entry = found->second;
  checkEnd(entry, end);
  entry.ended = true;
  entry.told = end.fate;
  // A strict call must not be accepted twice, even if the second acceptance comes late, so that it is remembered.
  if (end.fate != Fate::notSent && end.fate != Fate::rejected && !entry.plan.strict) {
    entries_.erase(found);
    return;
  }
  kept_.push_back(number);
  if (kept_.size() > mostKept) {
    entries_.erase(kept_.front());
    kept_.pop_front();
  }
}

void Ledger::checkEnd(const Entry& entry, const CallEnd& end) {
  if (end.success != (end.fate == Fate::accepted) && end.success)
    violate(entry, "a success that is not accepted", &end);
  switch (end.fate) {
    case Fate::accepted:
      if (entry.accepted == 0) {
        violate(entry, "accepted, but the server has not accepted it", &end);
      } else if (!end.boxRequestId.empty() && !entry.knows(std::hash<std::string_view>()(end.boxRequestId))) {
        violate(entry, "accepted by an answer that was not to this call", &end);
      }
      break;
    case Fate::notSent:
      if (entry.seen != 0 || entry.accepted != 0) violate(entry, "notSent, but the server has seen it", &end);
      break;
    case Fate::rejected:
      if (entry.accepted != 0) violate(entry, "rejected, but the server has accepted it", &end);
      if (!entry.refused() && !end.unasked) violate(entry, "rejected, but the server has not refused it", &end);
      break;
    case Fate::inDoubt: break;
  }
  if (end.status != 0 && !end.unasked && !entry.answeredWith(end.status))
    violate(entry, "a status that the server has not answered", &end);
  if (end.attempts != 0 && entry.seen > end.attempts)
    violate(entry, "the server saw more requests than attempts", &end);
  if (exactlyOnce_ && !end.success) violate(entry, "not accepted, though nothing was in the way", &end);
  if (end.late > tolerance_) {
    violate(entry, "late by " + std::to_string(end.late / std::chrono::milliseconds(1)) + " ms", &end);
  }
}

std::string Ledger::describe(const Entry& entry) {
  std::ostringstream text;
  text << "call " << entry.plan.number << " (" << (entry.plan.groups ? "groups " : "users ")
       << entry.plan.ids().front();
  if (entry.plan.entries > 1) text << " and " << entry.plan.entries - 1 << " more";
  text << (entry.plan.strict ? ", strict" : "") << "): the server saw it " << entry.seen << " times, accepted it "
       << entry.accepted << " times, answered";
  for (std::size_t i = 0; i < std::min<std::size_t>(entry.answered, entry.statuses.size()); ++i)
    text << ' ' << entry.statuses[i];
  if (entry.answered == 0) text << " nothing";
  return text.str();
}

void Ledger::violate(const Entry& entry, const std::string& what, const CallEnd* end) {
  std::string text = what + ": " + describe(entry);
  if (end != nullptr) {
    text += "; the caller was told " + std::string(toString(end->fate)) + ", " +
            (end->success ? "request id " + end->boxRequestId : end->code.message() + " [" + end->text + "]") + ", " +
            std::to_string(end->attempts) + " attempts";
  } else if (entry.ended) {
    text += "; the caller was told " + std::string(toString(entry.told));
  }
  violations_.add(std::move(text));
}

std::size_t Ledger::underWay() const {
  const std::lock_guard lock(mutex_);
  return entries_.size() - kept_.size();
}

std::vector<std::uint64_t> Ledger::someUnderWay() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> some;
  for (const auto& [number, entry] : entries_) {
    if (!entry.ended && some.size() < mostUnderWayShown) some.push_back(number);
  }
  return some;
}

std::uint64_t Ledger::acceptances() const {
  const std::lock_guard lock(mutex_);
  return acceptances_;
}

std::uint64_t Ledger::repeatedAcceptances() const {
  const std::lock_guard lock(mutex_);
  return repeatedAcceptances_;
}

}  // namespace box::soak

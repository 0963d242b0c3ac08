#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "box/support/asio.hpp"
#include "box/support/time.hpp"

namespace box::inline v0_1 {

/// The addresses of the two families alternately, each family in its own order, so that a family without a working
/// route costs the wait for one address, not for all of its addresses (RFC 8305, 4).
inline std::vector<asio::ip::tcp::endpoint> interleaved(const std::vector<asio::ip::tcp::endpoint>& addresses) {
  std::vector<asio::ip::tcp::endpoint> first, other, all;
  for (const auto& address : addresses) {
    (address.address().is_v6() == addresses.front().address().is_v6() ? first : other).push_back(address);
  }
  all.reserve(addresses.size());
  for (std::size_t i = 0; i < std::max(first.size(), other.size()); ++i) {
    if (i < first.size()) all.push_back(first[i]);
    if (i < other.size()) all.push_back(other[i]);
  }
  return all;
}

/// Decides which of a host's addresses is tried and when (Happy Eyeballs): the next address is tried when one has
/// failed, or when `stagger` has passed since the last one was started. It has no I/O.
class AddressRace {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds stagger{250};  ///< what RFC 8305, 5 recommends
  static constexpr std::size_t mostAtOnce = 4;

  /// `each`: how long one address may take.
  AddressRace(std::size_t addresses, std::chrono::nanoseconds each) : addresses_(addresses), each_(each) {
    running_.reserve(mostAtOnce);
  }

  /// The address to try now. Must be called again until it gives none.
  std::optional<std::size_t> next(TimePoint now) {
    if (next_ == addresses_ || running_.size() == mostAtOnce || now < nextAt_) return std::nullopt;
    running_.push_back(RunningAddress{next_, after(now, each_)});
    nextAt_ = after(now, stagger);
    return next_++;
  }

  /// An address whose time limit has passed; it counts as failed from now on. Must be called again until it gives none.
  std::optional<std::size_t> expired(TimePoint now) {
    if (running_.empty() || now < running_.front().ends) return std::nullopt;
    const std::size_t address = running_.front().address;
    failed(address);
    return address;
  }

  /// The attempt with this address has ended without a connection.
  void failed(std::size_t address) {
    std::erase_if(running_, [=](const RunningAddress& attempt) { return attempt.address == address; });
    nextAt_ = TimePoint::min();
  }

  bool running(std::size_t address) const noexcept {
    return std::any_of(running_.begin(), running_.end(), [=](const RunningAddress& a) { return a.address == address; });
  }

  /// Removes an address from those in progress and returns it. Must be called again until it gives none.
  std::optional<std::size_t> giveUp() noexcept {
    if (running_.empty()) return std::nullopt;
    const std::size_t address = running_.back().address;
    running_.pop_back();
    return address;
  }

  /// Tries no further address than those in progress.
  void tryNoMore() noexcept { next_ = addresses_; }

  /// Whether no address is in progress and none is left to be tried.
  bool over() const noexcept { return running_.empty() && next_ == addresses_; }

  /// The time at which next() and expired() must be called again, unless something happens before.
  TimePoint wakeAt() const noexcept {
    TimePoint at = running_.empty() ? TimePoint::max() : running_.front().ends;
    if (next_ != addresses_ && running_.size() < mostAtOnce) at = std::min(at, nextAt_);
    return at;
  }

 private:
  struct RunningAddress {
    std::size_t address;
    TimePoint ends;
  };

  std::size_t addresses_;
  std::chrono::nanoseconds each_;
  std::size_t next_ = 0;
  TimePoint nextAt_ = TimePoint::min();
  std::vector<RunningAddress> running_;  // in the order in which they were started, which is also the order of `ends`
};

}  // namespace box::inline v0_1

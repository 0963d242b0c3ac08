#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include <box/emulator/reply.hpp>

namespace box::soak {

/// What servers, and what stands in front of them, do to a share of the requests, above TLS. *Threads*: any.
class ServerFaults {
 public:
  /// What is said unasked of an idle connection: the next request takes it for its answer where the two cross.
  static constexpr int unaskedStatus = 408;

  /// `share`: of 1.
  ServerFaults(double share, std::uint64_t seed);

  /// An answer for a request to Box; nothing: as Box answers.
  std::optional<emulator::Reply> forCall();
  /// The same for a token request.
  std::optional<emulator::Reply> forTokenRequest();
  void heal() noexcept { share_ = 0; }

  /// How often each has happened.
  std::vector<std::pair<std::string_view, std::uint64_t>> counts() const;

 private:
  enum class Kind : unsigned char;
  static std::string_view nameOf(Kind kind) noexcept;
  emulator::Reply make(Kind kind);
  std::optional<emulator::Reply> draw(std::size_t kinds);
  int upTo(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }

  std::atomic<double> share_;
  std::array<std::atomic<std::uint64_t>, 64> counts_{};
  std::mutex mutex_;  // guards what follows
  std::mt19937_64 random_;
};

}  // namespace box::soak

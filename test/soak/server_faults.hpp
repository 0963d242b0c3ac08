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

/// Faults above TLS, by servers and by what stands before them, which a share of the requests meets. *Threads*: any.
class ServerFaults {
 public:
  /// The status that is sent unasked on an idle connection. If it crosses the next request, the client takes it for the
  /// answer.
  static constexpr int unaskedStatus = 408;

  /// `share`: from 0 to 1.
  ServerFaults(double share, std::uint64_t seed);

  /// The answer to a call. No value: the emulator answers as usual.
  std::optional<emulator::Reply> forCall();
  /// The answer to a token request. No value: the emulator answers as usual.
  std::optional<emulator::Reply> forTokenRequest();
  void heal() noexcept { share_ = 0; }

  /// How often each fault has happened.
  std::vector<std::pair<std::string_view, std::uint64_t>> counts() const;

 private:
  enum class Kind : unsigned char;
  static std::string_view nameOf(Kind kind) noexcept;
  emulator::Reply make(Kind kind);
  std::optional<emulator::Reply> draw(std::size_t kinds);
  int upTo(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }

  std::atomic<double> share_;
  std::array<std::atomic<std::uint64_t>, 64> counts_{};
  std::mutex mutex_;  // protects the members below
  std::mt19937_64 random_;
};

}  // namespace box::soak

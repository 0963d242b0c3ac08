#pragma once

#include <cstdint>
#include <limits>

namespace box::test {

/// The system's calls on this process's connections to one port, which can be made to fail. The program has functions
/// of its own for them in front of the C library's. *Threads*: any.
class SystemCalls {
 public:
  enum class Which { connect, send, receive };
  static constexpr unsigned always = std::numeric_limits<unsigned>::max();

  /// The next calls fail with this errno.
  static void fail(Which which, std::uint16_t port, int error, unsigned times = always);
  /// What is sent from now on is lost on the way, and the sender does not notice.
  static void loseWhatIsSent(std::uint16_t port);
  /// So many calls have failed or lost something so far.
  static unsigned hits();
  static void clear();
};

}  // namespace box::test

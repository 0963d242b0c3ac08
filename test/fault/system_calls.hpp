#pragma once

#include <cstdint>
#include <limits>

#include <boost/system/error_code.hpp>

namespace box::test {

/// What the system reports with this errno.
inline boost::system::error_code systemError(int number) {
  return boost::system::error_code(number, boost::system::system_category());
}

/// Makes the system calls on this process's connections to one port fail. The program's own versions of these functions
/// replace those of the C library. *Threads*: any.
class SystemCalls {
 public:
  enum class Which { connect, send, receive };
  static constexpr unsigned always = std::numeric_limits<unsigned>::max();

  /// The next calls fail with this errno.
  static void fail(Which which, std::uint16_t port, int error, unsigned times = always);
  /// From now on, sent bytes are lost on the way without an error.
  static void loseWhatIsSent(std::uint16_t port);
  /// How many calls have failed or lost bytes so far.
  static unsigned hits();
  static void clear();
};

}  // namespace box::test

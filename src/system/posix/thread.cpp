#include "system/thread.hpp"

#include <csignal>
#include <thread>
#include <utility>

namespace box::inline v0_1 {
namespace {

/// Blocks all signals of this thread, and of the threads that it starts.
class NoSignals {
 public:
  NoSignals() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

void startThread(std::function<void()> work) {
  const NoSignals signals;
  std::thread(std::move(work)).detach();
}

}  // namespace box::inline v0_1

#include "system/thread.hpp"

#include <thread>
#include <utility>

namespace box::inline v0_1 {

// Windows runs the handlers of its console's events on threads of their own.
void startThread(std::function<void()> work) { std::thread(std::move(work)).detach(); }

}  // namespace box::inline v0_1

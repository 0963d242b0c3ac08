#pragma once

#include <functional>

namespace box::inline v0_1 {

/// Runs `work` on a new thread, which handles none of the caller's signals. *Errors*: std::system_error if no thread
/// can be started.
void startThread(std::function<void()> work);

}  // namespace box::inline v0_1

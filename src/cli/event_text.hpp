#pragma once

#include <string>

#include <box/observe/observer.hpp>

namespace box::cli {

/// What happens on the network, in one line for --verbose.
std::string eventText(const Event& event);

}  // namespace box::cli

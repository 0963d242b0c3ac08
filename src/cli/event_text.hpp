#pragma once

#include <string>

#include <box/observe/observer.hpp>

namespace box::cli {

/// Describes a network event in one line for --verbose.
std::string eventText(const Event& event);

}  // namespace box::cli

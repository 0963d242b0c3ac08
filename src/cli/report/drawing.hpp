#pragma once

#include <string>

#include "cli/report/timeline.hpp"

namespace box::cli {

/// A timeline as an SVG element, in the colours of the page's classes: a bar for each span, with what it says as a
/// tooltip.
std::string drawingOf(const Timeline& timeline);

}  // namespace box::cli

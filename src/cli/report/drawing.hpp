#pragma once

#include <string>

#include "cli/report/timeline.hpp"

namespace box::cli {

/// Draws a timeline as an SVG element with a bar for each span, whose tooltip has the numbers. The page's classes set
/// the colours.
std::string drawingOf(const Timeline& timeline);

}  // namespace box::cli

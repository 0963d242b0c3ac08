#pragma once

#include <string>

namespace box::cli {

/// The man page box-sessions(1), made from the tables of options. No I/O.
std::string manualPage();

}  // namespace box::cli

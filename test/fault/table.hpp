#pragma once

#include <string>

namespace box::test {

/// The document test/fault/faults.md, as the rows say.
std::string faultTable();

}  // namespace box::test

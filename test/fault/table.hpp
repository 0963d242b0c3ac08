#pragma once

#include <string>

namespace box::test {

/// The text of test/fault/faults.md, made from the rows.
std::string faultTable();

}  // namespace box::test

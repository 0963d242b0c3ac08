// GoogleMock's main(), and an option that writes the document again: box_fault_test --write-table FILE
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>

#include <gmock/gmock.h>

#include "fault/table.hpp"

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--write-table") == 0) {
    if (argc != 3) {
      std::cerr << "usage: " << argv[0] << " --write-table FILE\n";
      return 2;
    }
    try {
      std::ofstream file(argv[2], std::ios::binary);
      file << box::test::faultTable() << std::flush;
      if (file) return 0;
      std::cerr << "cannot write " << argv[2] << '\n';
    } catch (const std::exception& error) {
      std::cerr << error.what() << '\n';
    }
    return 1;
  }
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}

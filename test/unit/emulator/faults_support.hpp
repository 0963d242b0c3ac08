#pragma once

#include "test_client.hpp"

#include <box/emulator/emulator.hpp>

#include <gtest/gtest.h>

namespace box::inline v0_1::emulator::test {

inline EmulatorOptions withoutTls() {
  EmulatorOptions options;
  options.tls = false;
  return options;
}

/// An emulator with TLS, and the options of clients that trust it.
class EmulatorFaults : public ::testing::Test {
 protected:
  [[nodiscard]] ClientOptions trust() const {
    ClientOptions options;
    options.caPem = emulator_.caPem();
    return options;
  }

  Response call(TestClient& client) {
    client.send(postUsers());
    return client.read();
  }

  Emulator emulator_;
};

}  // namespace box::inline v0_1::emulator::test

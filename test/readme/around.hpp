// What a sample in the README assumes: the headers that it includes elsewhere, and the reader's own types and
// functions.
#pragma once

#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio.hpp>

#include <box/box.hpp>
#include <box/emulator/emulator.hpp>

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct User {
  std::string id = "11446498";
  std::string login = "ann@example.com";
};
struct Group {
  std::string id = "255224";
};

inline std::string getEnvVar(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "11446499";
}

asio::awaitable<void> sample(box::BoxClient client, std::string token, User user, Group group);

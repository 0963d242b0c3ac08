#pragma once

#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "bulk_box.hpp"
#include "process.hpp"

namespace box::cli::test {

/// Makes runs and follows them, against an emulator that writes events.
class CliFollow : public testing::Test {
 protected:
  CliFollow() {
    options.directory.enterpriseId = "5";
    for (const char* id : {"21", "22", "23"}) {
      options.directory.users.push_back({id, "Person", "p" + std::string(id) + "@example.com"});
    }
    options.directory.groups = {{"7", "Staff"}, {"8", "Guests"}};
    options.directory.memberships = {{"1", "7", "21"}, {"2", "7", "22"}, {"3", "8", "22"}};
    options.events.ofTermination = {"REMOVE_LOGIN_ACTIVITY_DEVICE"};
  }
  void serve() { box.emplace(folder, std::move(options)); }

  static Start start(Strings arguments) {
    Start out;
    out.arguments = std::move(arguments);
    out.environment = {"BOX_DEVELOPER_TOKEN=token"};
    return out;
  }
  static Result run(Strings arguments) { return test::run(start(std::move(arguments))); }
  Strings users(const Strings& more = {}) const {
    return joined(joined({"users", "21", "p22@example.com", "--journal", journal, "--yes"}, box->here()), more);
  }
  Strings follow(const Strings& more = {"--for", "1s"}) const {
    return joined(joined({"follow", journal}, box->here()), more);
  }
  void signIn(const std::string& user, const std::string& address = "198.51.100.7") {
    emulator::EmulatorEvent event{.type = "LOGIN", .userId = user};
    event.ipAddress = address;
    box->emulator().addEvent(event);
  }
  std::string report(const Strings& more = {}) const { return run(joined({"report", journal}, more)).output; }

  const Folder folder;
  std::string journal = folder.path("run.journal");
  emulator::EmulatorOptions options;
  std::optional<BulkBox> box;
};

}  // namespace box::cli::test

// A client that is destroyed after main(), and after OpenSSL's own clean-up at the end of the process.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include "box/auth/developer_token.hpp"
#include "box/client.hpp"
#include "box/emulator/emulator.hpp"
#include "box/network/session.hpp"

namespace {

namespace asio = boost::asio;

/// Its destructor is registered when the object is first used; destructors that are registered later run before it.
struct Application {
  std::optional<asio::io_context> io;
  std::optional<box::BoxClient> client;

  ~Application() {
    if (!client) return;
    client.reset();
    io.reset();
    std::fputs("the client is gone\n", stderr);
  }
  static Application& instance() {
    static Application application;
    return application;
  }
};

enum class Left { idle, closed, underWay };

/// The body of main(); never returns.
[[noreturn]] void runAndExit(Left left) {
  Application& application = Application::instance();
  {
    box::emulator::Emulator emulator{box::emulator::EmulatorOptions()};
    application.io.emplace(1);
    box::TlsOptions tls;
    tls.caPem = emulator.caPem();
    const box::BaseUrls urls(emulator.baseUrl());
    application.client.emplace(application.io->get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>("a.token"),
                               box::NetworkSession().withCustomBaseUrls(urls).withTls(tls));
    bool accepted = false;
    const auto call = [&] {
      asio::co_spawn(*application.io,
                     application.client->sessionTermination.terminateGroupsSessions({.groupIds = {"1"}}),
                     [&](std::exception_ptr failure, const auto&) { accepted = !failure; });
    };
    call();
    application.io->run();
    if (!accepted) std::_Exit(2);
    if (left == Left::underWay) {
      emulator.script(box::emulator::Reply::hang());
      application.io->restart();
      call();
      while (emulator.counts().requests != 2) application.io->run_one_for(std::chrono::milliseconds(2));
    }
    if (left == Left::closed) application.client->close();
  }  // the emulator's thread must not use OpenSSL while the process ends
  std::exit(0);
}

class StaticClient : public testing::TestWithParam<Left> {
 protected:
  // The test runs in a new process, in which OpenSSL was not used before.
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_P(StaticClient, IsDestroyedInAnOrderlyWayWhenMainHasReturned) {
  EXPECT_EXIT(runAndExit(GetParam()), testing::ExitedWithCode(0), "the client is gone");
}

INSTANTIATE_TEST_SUITE_P(Left, StaticClient, testing::Values(Left::idle, Left::closed, Left::underWay),
                         [](const auto& param) {
                           return param.param == Left::idle     ? "Idle"
                                  : param.param == Left::closed ? "Closed"
                                                                : "UnderWay";
                         });

}  // namespace

#include "transport/connection.hpp"

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <fcntl.h>

#include <gtest/gtest.h>

namespace box {
namespace {

TEST(Connection, LetsGoOfItsSessionsAfterTheStreamThatRefersToThem) {
  asio::io_context context;
  UnsharedSocket socket(context.get_executor());
  socket.socket.open(asio::ip::tcp::v4());
  const int descriptor = socket.socket.native_handle();
  bool streamWasOpen = true;
  std::shared_ptr<TlsSessions> sessions(new TlsSessions, [&](TlsSessions* gone) {
    streamWasOpen = ::fcntl(descriptor, F_GETFD) >= 0;
    delete gone;
  });
  TlsContext tls{TlsOptions()};
  auto watchdog = std::make_shared<Watchdog>(context.get_executor());
  auto wire = std::make_unique<Wire>(std::move(socket), watchdog);
  wire->startTls(tls.makeTls("api.box.test", false, *sessions));
  { const Connection connection(std::move(wire), std::move(sessions), 1); }
  EXPECT_FALSE(streamWasOpen);
}

}  // namespace
}  // namespace box

// Runs a sample, which is the body of a coroutine, against the emulator that with_emulator has started.
#include "around.hpp"

int main() {
  asio::io_context io;
  const std::string token = getEnvVar("BOX_TOKEN");
  const box::BoxClient client = box::BoxClient(io.get_executor(), std::make_shared<box::BoxDeveloperTokenAuth>(token))
                                    .withCustomBaseUrls(box::BaseUrls(getEnvVar("BOX_BASE_URL")));
  asio::co_spawn(io, sample(client, token, User(), Group()), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  try {
    io.run();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

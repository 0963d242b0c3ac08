#include "cli/connection.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <box/error.hpp>
#include <box/observe/observer.hpp>

#include "cli/report.hpp"
#include "cli/secrets.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::size_t maxCaBytes = 16 * 1024 * 1024;  // the bundles of systems have a quarter of a megabyte

/// Tells what happens: everything, or what makes the operator wait.
class Narrator : public Observer {
 public:
  Narrator(const Console& console, bool everything) : console_(console), everything_(everything) {}

  void onEvent(const Event& event) override {
    const auto* const retry = std::get_if<event::RetryScheduled>(&event);
    if (everything_ || (retry != nullptr && retry->delay >= std::chrono::seconds(2))) console_.tell(eventText(event));
  }

 private:
  Console console_;
  bool everything_;
};

Secret proxyPassword(const ConnectionArguments& arguments) {
  if (arguments.proxyPasswordFile) return readSecret(*arguments.proxyPasswordFile, SecretKind::proxyPassword);
  if (canAsk()) return askForSecret(SecretKind::proxyPassword);
  throw UsageError("no password for --proxy-user: give it with --proxy-password-file FILE");
}

NetworkSession withProxy(const NetworkSession& session, const ConnectionArguments& arguments) {
  try {
    ProxyOptions proxy =
        *arguments.proxy == "env" ? ProxyOptions::fromEnvironment() : ProxyOptions::fromUrl(*arguments.proxy);
    if (arguments.proxyUser && !proxy.url.empty()) {
      proxy.username = *arguments.proxyUser;
      proxy.password = proxyPassword(arguments);
    }
    return session.withProxy(std::move(proxy));
  } catch (const BoxSdkError& error) {
    // The library names its own functions and fields; the operator knows options and variables.
    std::string_view reason = error.details().context;
    if (reason.starts_with("ProxyOptions")) reason.remove_prefix(reason.find(": ") + 2);
    throw UsageError("--proxy: " + printable(reason));
  }
}

}  // namespace

NetworkSession makeSession(const ConnectionArguments& arguments, Narration narration, const Console& console) {
  NetworkSession session;
  if (arguments.baseUrl || arguments.oauth2Url) {
    BaseUrls urls;
    if (arguments.baseUrl) urls.baseUrl = *arguments.baseUrl;
    if (arguments.oauth2Url) urls.oauth2Url = *arguments.oauth2Url;
    session = session.withBaseUrls(urls);
  }
  if (arguments.caFile) {
    // Read here and not by the library: the path may be one of
    // <(...), which only this program knows how to open.
    TlsOptions tls;
    tls.caPem = readWholeFile(*arguments.caFile, maxCaBytes);
    session = session.withTls(tls);
  }
  if (arguments.timeout) {
    TimeoutOptions timeouts = session.timeouts();
    timeouts.call = *arguments.timeout;
    session = session.withTimeouts(timeouts);
  }
  if (arguments.proxy) session = withProxy(session, arguments);
  if (narration != Narration::none) {
    session = session.withObserver(std::make_shared<Narrator>(console, narration == Narration::everything));
  }
  return session;
}

}  // namespace box::cli

#include "cli/connection_setup.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <box/error.hpp>
#include <box/observe/observer.hpp>

#include "cli/byte_order.hpp"
#include "cli/event_text.hpp"
#include "cli/files.hpp"
#include "cli/option_words.hpp"
#include "cli/secrets.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::size_t maxCaBytes = 16 * 1024 * 1024;  // a system's bundle has about a quarter of a megabyte

/// Tells the operator all events, or only long waits before a retry.
class Narrator : public Observer {
 public:
  Narrator(const Console& console, bool everything) : console_(console), everything_(everything) {}

  void onEvent(const Event& event) override {
    const auto* const retry = std::get_if<event::RetryScheduled>(&event);
    if (everything_ || (retry != nullptr && retry->delay >= std::chrono::seconds(2)))
      console_.complain(eventText(event));
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

/// Runs a step whose input comes from an option, so that an error's message begins with that option as it was typed.
template <class Step>
auto under(const std::string& option, Step step) {
  try {
    return step();
  } catch (const BoxSdkError& error) {
    throw UsageError(reasonOf(option, error));
  } catch (const FileError& error) {
    throw UsageError(option + ": " + error.what());
  }
}

ProxyOptions proxyOf(const ConnectionArguments& arguments) {
  ProxyOptions proxy =
      *arguments.proxy == "env" ? ProxyOptions::fromEnvironment() : ProxyOptions::fromUrl(*arguments.proxy);
  if (arguments.proxyUser && !proxy.url.empty()) {
    proxy.username = *arguments.proxyUser;
    proxy.password = proxyPassword(arguments);
  }
  return proxy;
}

std::string caOption(const std::string& path) { return "--ca " + shownPath(path); }

/// Reads a file for --ca and refuses one that has no certificates in PEM, with a reason; the library would only say
/// that it cannot read it.
std::string certificatesIn(const std::string& path) {
  std::string text = readWholeFile(path, maxCaBytes);
  const std::string file = caOption(path);
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw UsageError(file + " is empty: it must hold the certificates to trust (PEM)");
  }
  if (isUtf16(text)) {
    throw UsageError(file + " is UTF-16: save it as plain text (ASCII or UTF-8)");
  }
  constexpr std::string_view marker = "-----BEGIN CERTIFICATE-----";
  const std::size_t begin = text.find(marker);
  const std::size_t lineEnd = begin == std::string::npos ? begin : text.find_first_not_of(" \t", begin + marker.size());
  if (lineEnd != std::string::npos && text[lineEnd] != '\r' && text[lineEnd] != '\n') {
    throw UsageError(file + " has lost its line breaks: " + std::string(marker) +
                     " must be on a separate line, and so must the line that begins with -----END");
  }
  if (begin == std::string::npos) {
    const std::string form =
        text.find("-----BEGIN TRUSTED CERTIFICATE-----") != std::string::npos ? "" : "-inform DER ";
    throw UsageError(file +
                     " is not a PEM file of certificates; for a single certificate in another form: openssl x509 " +
                     form + "-in '" + printable(path) + "' -out ca.pem");
  }
  return text;
}

BaseUrls urlsOf(const ConnectionArguments& arguments) {
  BaseUrls urls;
  if (arguments.oauth2Url) urls.oauth2Url = *arguments.oauth2Url;
  if (arguments.baseUrl) {
    urls.baseUrl = *arguments.baseUrl;
    std::string_view url = urls.baseUrl;
    if (url.ends_with('/')) url.remove_suffix(1);
    if (url.ends_with("/2.0")) {
      throw UsageError("--base-url " + inQuotes(url) + ": leave out /2.0, which the program adds itself");
    }
  }
  return urls;
}

}  // namespace

NetworkSession makeSession(const CallArguments& call, const Console& console) {
  const ConnectionArguments& arguments = call.connection;
  NetworkSession session;
  if (arguments.baseUrl || arguments.oauth2Url) {
    const BaseUrls urls = urlsOf(arguments);
    session = under("--base-url", [&] { return session.withCustomBaseUrls(urls); });
  }
  if (arguments.caFile) {
    // The program reads the file, and not the library, because the path may be one of <(...), which only the program
    // can open.
    session = under(caOption(*arguments.caFile), [&] {
      TlsOptions tls;
      tls.caPem = certificatesIn(*arguments.caFile);
      return session.withTls(tls);
    });
  }
  if (arguments.timeout) {
    TimeoutOptions timeouts = session.timeouts();
    timeouts.call = *arguments.timeout;
    session = session.withTimeouts(timeouts);
  }
  if (arguments.proxy) session = under("--proxy", [&] { return session.withProxy(proxyOf(arguments)); });
  if (!call.quiet) session = session.withObserver(std::make_shared<Narrator>(console, call.verbose));
  return session;
}

NetworkSession makeSession(const TerminateArguments& arguments, const Console& console) {
  CallArguments call = arguments;
  // Without a call to Box the proxy's password is not needed, so the operator is not asked for it.
  if (!arguments.asksBox() && !call.connection.proxyPasswordFile) call.connection.proxyUser.reset();
  NetworkSession session = makeSession(call, console);
  if (arguments.headers.empty()) return session;
  try {
    return session.withExtraHeaders(arguments.headers);
  } catch (const BoxSdkError& error) {
    throw UsageError(reasonOf("--header", error));
  }
}

BoxClient makeClient(const ConnectionArguments& arguments, asio::io_context& context, NetworkSession session,
                     std::shared_ptr<Authentication> authentication) {
  const auto make = [&] { return BoxClient(context.get_executor(), std::move(authentication), std::move(session)); };
  // makeClient() reads the certificates, from --ca or from the system; the other settings were checked before.
  return arguments.caFile ? under(caOption(*arguments.caFile), make) : make();
}

std::string_view hostOf(std::string_view baseUrl) {
  const std::size_t scheme = baseUrl.find("://");
  if (scheme != std::string_view::npos) baseUrl.remove_prefix(scheme + 3);
  return baseUrl.substr(0, baseUrl.find('/'));
}

}  // namespace box::cli

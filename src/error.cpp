#include "box/error.hpp"

#include <utility>

#include "support/operation_error.hpp"

namespace box::inline v0_1 {
namespace {

/// A bit for each ErrorCondition.
enum Groups : unsigned {
  none = 0,
  timeout = 1U << static_cast<unsigned>(ErrorCondition::timeout),
  network = 1U << static_cast<unsigned>(ErrorCondition::network),
  tls = 1U << static_cast<unsigned>(ErrorCondition::tls),
  response = 1U << static_cast<unsigned>(ErrorCondition::response),
  api = 1U << static_cast<unsigned>(ErrorCondition::api),
  authentication = 1U << static_cast<unsigned>(ErrorCondition::authentication),
  proxy = 1U << static_cast<unsigned>(ErrorCondition::proxy),
  proxyAuthentication = 1U << static_cast<unsigned>(ErrorCondition::proxyAuthentication),
};

/// All that is known of a code.
struct Entry {
  std::string_view name = "unknown";
  std::string_view message = "unknown error";
  FailureKind kind = FailureKind::final;
  unsigned groups = none;
};

/// A switch, so that the compiler reports a code that has no line here.
Entry entryOf(Errc code) noexcept {
  switch (code) {
    case Errc::invalidRequest: return {"invalidRequest", "invalid request", FailureKind::final};
    case Errc::invalidConfiguration: return {"invalidConfiguration", "invalid configuration", FailureKind::final};
    case Errc::clientClosed: return {"clientClosed", "the client is closed", FailureKind::final};
    case Errc::extensionFailed: return {"extensionFailed", "the caller's own code failed", FailureKind::final};
    case Errc::callTimeout: return {"callTimeout", "the call's deadline passed", FailureKind::final, timeout};
    case Errc::attemptTimeout: return {"attemptTimeout", "the attempt took too long", FailureKind::timeout, timeout};
    case Errc::poolTimeout: return {"poolTimeout", "no connection came free in time", FailureKind::waiting, timeout};
    case Errc::resolveTimeout:
      return {"resolveTimeout", "the name lookup took too long", FailureKind::dns, timeout | network};
    case Errc::connectTimeout:
      return {"connectTimeout", "connecting took too long", FailureKind::connect, timeout | network};
    case Errc::proxyTimeout:
      return {"proxyTimeout", "the proxy did not answer in time", FailureKind::timeout, timeout | network | proxy};
    case Errc::handshakeTimeout:
      return {"handshakeTimeout", "the TLS handshake took too long", FailureKind::timeout, timeout};
    case Errc::writeTimeout:
      return {"writeTimeout", "sending the request took too long", FailureKind::timeout, timeout};
    case Errc::readTimeout: return {"readTimeout", "the response took too long", FailureKind::timeout, timeout};
    case Errc::localResource:
      return {"localResource", "this machine is out of descriptors, ports or memory", FailureKind::local, network};
    case Errc::poolExhausted: return {"poolExhausted", "too many calls wait for a connection", FailureKind::waiting};
    case Errc::hostNotFound: return {"hostNotFound", "host not found", FailureKind::hostNotFound, network};
    case Errc::resolveFailed: return {"resolveFailed", "the name lookup failed", FailureKind::dns, network};
    case Errc::connectFailed: return {"connectFailed", "could not connect", FailureKind::connect, network};
    case Errc::connectionLost: return {"connectionLost", "the connection was lost", FailureKind::transport, network};
    case Errc::proxyFailed: return {"proxyFailed", "the proxy failed", FailureKind::proxy, network | proxy};
    case Errc::proxyRefused:
      return {"proxyRefused", "the proxy refused to connect to Box", FailureKind::permanent, network | proxy};
    case Errc::proxyAuthenticationFailed:
      return {"proxyAuthenticationFailed", "the proxy refused the credentials", FailureKind::permanent,
              proxy | proxyAuthentication};
    case Errc::proxyAuthenticationRequired:
      return {"proxyAuthenticationRequired", "the proxy requires credentials", FailureKind::permanent,
              proxy | proxyAuthentication};
    case Errc::proxyAuthenticationUnsupported:
      return {"proxyAuthenticationUnsupported", "the proxy does not offer Basic authentication", FailureKind::permanent,
              proxy | proxyAuthentication};
    case Errc::tlsVerificationFailed:
      return {"tlsVerificationFailed", "the peer's certificate is not acceptable", FailureKind::tlsFatal, tls};
    case Errc::tlsProtocolError:
      return {"tlsProtocolError", "TLS could not be agreed upon", FailureKind::tlsFatal, tls};
    case Errc::tlsNotTls: return {"tlsNotTls", "the peer does not speak TLS", FailureKind::tlsNotTls, tls};
    case Errc::protocolError:
      return {"protocolError", "the response is not acceptable HTTP", FailureKind::protocol, response};
    case Errc::responseTooLarge:
      return {"responseTooLarge", "the response is too large", FailureKind::protocol, response};
    case Errc::unexpectedResponse:
      return {"unexpectedResponse", "unexpected response", FailureKind::permanent, response};
    case Errc::badRequest: return {"badRequest", "Box refused the request as invalid", FailureKind::permanent, api};
    case Errc::unauthorized:
      return {"unauthorized", "Box refused the access token", FailureKind::auth, api | authentication};
    case Errc::forbidden: return {"forbidden", "Box refused for lack of permission", FailureKind::permanent, api};
    case Errc::notFound: return {"notFound", "Box found no such resource", FailureKind::permanent, api};
    case Errc::rateLimited: return {"rateLimited", "Box's rate limit was reached", FailureKind::throttle, api};
    case Errc::requestRefused: return {"requestRefused", "Box refused the request", FailureKind::permanent, api};
    case Errc::serverError: return {"serverError", "Box failed", FailureKind::transient, api};
    case Errc::tokenUnavailable: return {"tokenUnavailable", "no access token", FailureKind::auth, authentication};
    case Errc::credentialsInvalid:
      return {"credentialsInvalid", "the app's credentials are not valid", FailureKind::auth, authentication};
    case Errc::appNotAuthorized:
      return {"appNotAuthorized", "the app is not authorised in the enterprise", FailureKind::auth, authentication};
    case Errc::refreshTokenExpired:
      return {"refreshTokenExpired", "the refresh token has expired", FailureKind::auth, authentication};
    case Errc::clockSkew: return {"clockSkew", "the assertion's time is refused", FailureKind::auth, authentication};
    case Errc::stateMismatch:
      return {"stateMismatch", "the answer belongs to another sign-in", FailureKind::auth, authentication};
    case Errc::signInRequired: return {"signInRequired", "nobody has signed in yet", FailureKind::auth, authentication};
  }
  return {};
}

Entry entryOf(const error_code& code) noexcept {
  return code.category() == errorCategory() ? entryOf(static_cast<Errc>(code.value())) : Entry();
}

// The ids make the categories equal across shared objects that each have this library linked in.
class Category final : public boost::system::error_category {
 public:
  constexpr Category() noexcept : error_category(0xb0c56d0f6f1e27a3) {}
  const char* name() const noexcept override { return "box"; }
  std::string message(int value) const override { return std::string(entryOf(static_cast<Errc>(value)).message); }
};

class ConditionCategory final : public boost::system::error_category {
 public:
  constexpr ConditionCategory() noexcept : error_category(0x8e3d1c9a52b7f46d) {}
  const char* name() const noexcept override { return "box.condition"; }

  std::string message(int value) const override {
    switch (static_cast<ErrorCondition>(value)) {
      case ErrorCondition::timeout: return "timeout";
      case ErrorCondition::network: return "network";
      case ErrorCondition::tls: return "TLS";
      case ErrorCondition::response: return "unacceptable response";
      case ErrorCondition::api: return "error status from Box";
      case ErrorCondition::authentication: return "authentication";
      case ErrorCondition::proxy: return "proxy";
      case ErrorCondition::proxyAuthentication: return "proxy authentication";
    }
    return "unknown condition";
  }

  bool equivalent(const error_code& code, int condition) const noexcept override {
    if (condition < static_cast<int>(ErrorCondition::timeout) ||
        condition > static_cast<int>(ErrorCondition::proxyAuthentication)) {
      return false;
    }
    return (entryOf(code).groups >> condition & 1U) != 0;
  }
};

}  // namespace

const boost::system::error_category& errorCategory() noexcept {
  static const Category category;
  return category;
}

const boost::system::error_category& errorConditionCategory() noexcept {
  static const ConditionCategory category;
  return category;
}

std::string_view toString(Fate fate) noexcept {
  switch (fate) {
    case Fate::notSent: return "notSent";
    case Fate::inDoubt: return "inDoubt";
    case Fate::rejected: return "rejected";
    case Fate::accepted: return "accepted";
  }
  return "unknown";
}

std::string_view toString(Phase phase) noexcept {
  switch (phase) {
    case Phase::prepare: return "prepare";
    case Phase::token: return "token";
    case Phase::pool: return "pool";
    case Phase::resolve: return "resolve";
    case Phase::connect: return "connect";
    case Phase::proxy: return "proxy";
    case Phase::handshake: return "handshake";
    case Phase::write: return "write";
    case Phase::read: return "read";
    case Phase::response: return "response";
    case Phase::backoff: return "backoff";
  }
  return "unknown";
}

std::string_view toString(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::stale: return "stale";
    case FailureKind::transport: return "transport";
    case FailureKind::connect: return "connect";
    case FailureKind::dns: return "dns";
    case FailureKind::hostNotFound: return "hostNotFound";
    case FailureKind::local: return "local";
    case FailureKind::tlsFatal: return "tlsFatal";
    case FailureKind::tlsNotTls: return "tlsNotTls";
    case FailureKind::protocol: return "protocol";
    case FailureKind::timeout: return "timeout";
    case FailureKind::auth: return "auth";
    case FailureKind::throttle: return "throttle";
    case FailureKind::transient: return "transient";
    case FailureKind::permanent: return "permanent";
    case FailureKind::proxy: return "proxy";
    case FailureKind::waiting: return "waiting";
    case FailureKind::final: return "final";
  }
  return "unknown";
}

std::string_view toString(Errc code) noexcept { return entryOf(code).name; }

FailureKind kindOf(const error_code& code) noexcept { return entryOf(code).kind; }

BoxSdkError::BoxSdkError(error_code code, ErrorDetails details)
    : system_error(code, textBeforeCode(details)), details_([&] {
        if (!details.kind) details.kind = kindOf(code);
        return std::make_shared<const ErrorDetails>(std::move(details));
      }()) {}

BoxSdkError::BoxSdkError(Errc code, std::string context)
    : BoxSdkError(make_error_code(code), [&] {
        ErrorDetails details;
        details.context = std::move(context);
        return details;
      }()) {}

std::string_view BoxSdkError::reason() const noexcept {
  const std::string_view text = what();
  if (details_->operation.empty()) return text;
  const std::size_t before = details_->operation.size() + 2;  // 2 for ": "
  return text.substr(std::min(before, text.size()));          // what() ends earlier if the operation has a NUL
}

void BoxSdkError::raise() const {
  if (api() != nullptr) throw BoxApiError(*this);
  throw *this;
}

BoxApiError::BoxApiError(error_code code, ErrorDetails details)
    : BoxSdkError(code, [&] {
        if (!details.api) details.api.emplace();
        return std::move(details);
      }()) {}

BoxApiError::BoxApiError(const BoxSdkError& error) : BoxSdkError(error) {
  if (details_->api) return;
  auto withApi = std::make_shared<ErrorDetails>(*details_);
  withApi->api.emplace();
  details_ = std::move(withApi);
}

}  // namespace box::inline v0_1

#include "box/error.hpp"

#include <utility>

namespace box {
namespace {

std::string_view describe(Errc e) noexcept {
  switch (e) {
    case Errc::invalidRequest: return "invalid request";
    case Errc::invalidConfiguration: return "invalid configuration";
    case Errc::clientClosed: return "the client is closed";
    case Errc::callTimeout: return "the call's deadline passed";
    case Errc::attemptTimeout: return "the attempt took too long";
    case Errc::poolTimeout: return "no connection came free in time";
    case Errc::resolveTimeout: return "the name lookup took too long";
    case Errc::connectTimeout: return "connecting took too long";
    case Errc::proxyTimeout: return "the proxy did not answer in time";
    case Errc::handshakeTimeout: return "the TLS handshake took too long";
    case Errc::writeTimeout: return "sending the request took too long";
    case Errc::readTimeout: return "the response took too long";
    case Errc::poolExhausted: return "too many calls wait for a connection";
    case Errc::hostNotFound: return "host not found";
    case Errc::resolveFailed: return "the name lookup failed";
    case Errc::connectFailed: return "could not connect";
    case Errc::proxyFailed: return "the proxy failed";
    case Errc::proxyRefused: return "the proxy refused to open the way";
    case Errc::proxyAuthenticationFailed: return "the proxy refused the credentials";
    case Errc::localResource: return "this machine is out of descriptors, ports or memory";
    case Errc::tlsVerificationFailed: return "the peer's certificate is not acceptable";
    case Errc::tlsProtocolError: return "TLS could not be agreed upon";
    case Errc::tlsNotTls: return "the peer does not speak TLS";
    case Errc::connectionLost: return "the connection was lost";
    case Errc::protocolError: return "the response is not acceptable HTTP";
    case Errc::responseTooLarge: return "the response is too large";
    case Errc::unexpectedResponse: return "unexpected response";
    case Errc::badRequest: return "Box refused the request as invalid";
    case Errc::unauthorized: return "Box refused the access token";
    case Errc::forbidden: return "Box refused for lack of permission";
    case Errc::notFound: return "Box found no such resource";
    case Errc::rateLimited: return "Box's rate limit was reached";
    case Errc::requestRefused: return "Box refused the request";
    case Errc::serverError: return "Box failed";
    case Errc::tokenUnavailable: return "no access token";
    case Errc::credentialsInvalid: return "the app's credentials are not valid";
    case Errc::appNotAuthorized: return "the app is not authorised in the enterprise";
    case Errc::refreshTokenExpired: return "the refresh token has expired";
    case Errc::clockSkew: return "the assertion's time is refused";
  }
  return "unknown error";
}

class Category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "box"; }
  std::string message(int value) const override { return std::string(describe(static_cast<Errc>(value))); }
};

class ConditionCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "box.condition"; }

  std::string message(int value) const override {
    switch (static_cast<ErrorCondition>(value)) {
      case ErrorCondition::timeout: return "timeout";
      case ErrorCondition::network: return "network";
      case ErrorCondition::tls: return "TLS";
      case ErrorCondition::response: return "unacceptable response";
      case ErrorCondition::api: return "error status from Box";
      case ErrorCondition::authentication: return "authentication";
    }
    return "unknown condition";
  }

  bool equivalent(const error_code& code, int condition) const noexcept override {
    if (code.category() != errorCategory()) return false;
    const auto e = static_cast<Errc>(code.value());
    switch (static_cast<ErrorCondition>(condition)) {
      case ErrorCondition::timeout: return e >= Errc::callTimeout && e <= Errc::readTimeout;
      case ErrorCondition::network:
        return (e >= Errc::hostNotFound && e <= Errc::localResource) || e == Errc::connectionLost;
      case ErrorCondition::tls: return e >= Errc::tlsVerificationFailed && e <= Errc::tlsNotTls;
      case ErrorCondition::response: return e >= Errc::protocolError && e <= Errc::unexpectedResponse;
      case ErrorCondition::api: return e >= Errc::badRequest && e <= Errc::serverError;
      case ErrorCondition::authentication:
        return e == Errc::unauthorized || (e >= Errc::tokenUnavailable && e <= Errc::clockSkew);
    }
    return false;
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

BoxSdkError::BoxSdkError(error_code code, ErrorDetails details)
    : system_error(code, details.context), details_(std::make_shared<const ErrorDetails>(std::move(details))) {}

BoxSdkError::BoxSdkError(Errc code, std::string context)
    : BoxSdkError(make_error_code(code), [&] {
        ErrorDetails details;
        details.context = std::move(context);
        return details;
      }()) {}

void BoxSdkError::raise() const {
  if (api() != nullptr) throw BoxApiError(*this);
  throw *this;
}

BoxApiError::BoxApiError(error_code code, ErrorDetails details) : BoxSdkError(code, std::move(details)) {}

}  // namespace box

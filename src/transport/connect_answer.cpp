#include "transport/connect_answer.hpp"

#include <string>
#include <string_view>

#include "box/error.hpp"
#include "box/network/options.hpp"
#include "http/challenge.hpp"
#include "network/validation.hpp"

namespace box::inline v0_1 {
namespace {

/// The response may have several such fields.
bool offersBasic(const HttpHeaders& headers) {
  for (const HeaderView header : headers) {
    if (equalsIgnoreCase(header.name, "Proxy-Authenticate") && offersScheme(header.value, "Basic")) return true;
  }
  return false;
}

}  // namespace

ConnectAnswer::ConnectAnswer() {
  static const ResponseLimits limits;
  reader_.start(limits, ResponseReader::Expect::tunnel);
}

void ConnectAnswer::receive(std::string_view bytes) {
  unread_.append(bytes);  // ResponseLimits::headerBytes limits how much is appended
  const std::size_t used = reader_.feed(unread_);
  unread_.erase(0, used);
}

StepResult<void> ConnectAnswer::meaning(bool authorized) const {
  const int status = reader_.statusCode();
  Failure failure;
  if (reader_.state() != ResponseReader::State::complete) {
    failure.code = Errc::proxyFailed;
    failure.cause = reader_.cause();
    failure.context = std::string("its answer to CONNECT cannot be used: ") + reader_.complaint();
  } else if (status / 100 == 2) {
    if (unread_.empty()) return {};
    // Bytes after the answer could be mistaken for the beginning of TLS with Box.
    failure.code = Errc::proxyFailed;
    failure.context = "it sent bytes after its answer to CONNECT";
  } else {
    failure.context = "it answered " + std::to_string(status) + " to CONNECT";
    if (status == 502 || status == 503 || status == 504) {
      failure.code = Errc::proxyFailed;
    } else if (status == 401) {
      failure.code = Errc::proxyAuthenticationFailed;
    } else if (status != 407) {
      failure.code = Errc::proxyRefused;
    } else if (!offersBasic(reader_.headers())) {
      failure.code = Errc::proxyAuthenticationUnsupported;
      failure.context += "; it does not offer Basic authentication, the only one known here";
    } else if (authorized) {
      failure.code = Errc::proxyAuthenticationFailed;
      failure.context += "; it did not accept this user name and password";
    } else {
      failure.code = Errc::proxyAuthenticationRequired;
      failure.context += "; it requires a user name and a password";
    }
  }
  return failure;
}

}  // namespace box::inline v0_1

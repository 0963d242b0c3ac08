#include "auth/config_checks.hpp"

#include <algorithm>
#include <utility>

#include "box/entry.hpp"
#include "box/error.hpp"
#include "network/validation.hpp"
#include "support/refuse.hpp"
#include "support/text_encoding.hpp"

namespace box::inline v0_1 {

void requireClient(const std::string& config, const std::string& clientId, const Secret& clientSecret,
                   std::chrono::nanoseconds refreshMargin) {
  const auto printable = [](char c) { return c > ' ' && c < 0x7f; };
  if (clientId.empty()) refuseConfiguration(config + "::clientId is empty: Box's console shows it under Configuration");
  if (clientId.size() > 256) refuseConfiguration(config + "::clientId is longer than 256 characters");
  if (!std::all_of(clientId.begin(), clientId.end(), printable)) {
    refuseConfiguration(config + "::clientId has characters that a client id cannot have");
  }
  if (clientSecret.empty())
    refuseConfiguration(config + "::clientSecret is empty: Box's console shows it under Configuration");
  const std::string_view secret = clientSecret.reveal();
  if (!std::all_of(secret.begin(), secret.end(), printable)) {
    refuseConfiguration(config + "::clientSecret has characters that a client secret cannot have (" +
                        std::string(oddityOf(secret, "a blank, a line break?")) + ")");
  }
  requireMargin(config + "::refreshMargin", refreshMargin);
}

std::chrono::nanoseconds requireMargin(const std::string& field, std::chrono::nanoseconds margin) {
  if (margin < std::chrono::seconds::zero() || margin > std::chrono::hours(24)) {
    refuseConfiguration(field + " must be from 0 to 24 h");
  }
  return margin;
}

void requireSubject(const std::string& config, const std::string& enterpriseId, const std::string& userId) {
  if (enterpriseId.empty() == userId.empty()) {
    refuseConfiguration(config + "::enterpriseId and ::userId are " + (userId.empty() ? "both empty" : "both given") +
                        ": give the one of them for which the app acts");
  }
  const std::string& id = userId.empty() ? enterpriseId : userId;
  if (!isBoxId(id)) {
    refuseConfiguration(config + (userId.empty() ? "::enterpriseId" : "::userId") +
                        " must be a decimal number of 1 to 20 digits");
  }
}

}  // namespace box::inline v0_1

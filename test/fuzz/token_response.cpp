// The input is the token endpoint's answer.
#include "auth/token_endpoint.hpp"

#include <chrono>
#include <cmath>

#include <boost/json/parse.hpp>

#include "box/error.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace box;
using namespace box::fuzz;
namespace json = boost::json;
using std::chrono::seconds;

const AccessToken::TimePoint now(seconds(1'750'000'000));
constexpr std::int64_t longest = 86'400;

/// `expires_in` should be a number of seconds. 0 or less counts as missing, and more than a day counts as a day.
void check(std::optional<AccessToken::TimePoint> expiresAt, const json::value* given) {
  if (expiresAt) {
    require(*expiresAt > now && *expiresAt <= now + seconds(longest), "a token's expiry lies in the next 24 hours");
  }
  if (given == nullptr || (!given->is_number() && !given->is_string())) {
    require(!expiresAt, "without a time there is no expiry");
  } else if (given->is_int64()) {
    const std::int64_t wanted = std::min(given->get_int64(), longest);
    require(wanted > 0 ? expiresAt == now + seconds(wanted) : !expiresAt, "whole seconds are used unchanged");
  } else if (given->is_double()) {
    const double wanted = given->get_double();
    require(static_cast<bool>(expiresAt) == (wanted > 0), "part of a second is a time, and what is no number is none");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = textOf(data, size);
  try {
    const auto token = parseTokenResponse(text, now);
    const json::value document = json::parse(text);
    const std::string_view given(document.at("access_token").as_string());
    const std::string_view value = token->value().reveal();
    require(!value.empty() && given.starts_with(value) && given.size() - value.size() <= 2,
            "the token is the answer's");
    require(isPrintableLine(value) && value.find(' ') == std::string_view::npos, "a token is fit for a header");
    require(isPrintableLine(token->refreshToken().reveal()), "a refresh token is fit to be stored");
    check(token->expiresAt(), document.as_object().if_contains("expires_in"));
  } catch (const BoxSdkError& error) {
    static Refusals refusals(14);  // the answer may contain a token
    require(error.code() == Errc::tokenUnavailable, "a refusal has its code");
    refusals.add(error.what());
  }
  return 0;
}

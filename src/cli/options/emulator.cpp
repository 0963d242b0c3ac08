#include "cli/options/sections.hpp"

#include "cli/entries.hpp"

namespace box::cli {

namespace {

template <auto Member>
constexpr auto text = &storeText<&Draft::emulator, Member>;

constexpr Option address{
    "address", "ADDR",
    "numeric address to listen on (127.0.0.1); with another one, other machines may reach the emulator",
    text<&EmulatorArguments::address>};
constexpr Option port{"port", "N", "port to listen on; without this option, or with 0, a free one",
                      storeNumber<&Draft::emulator, &EmulatorArguments::port, 0, 65'535>};
constexpr Option tokenFile{
    "token-file", "FILE",
    "accept only this access token, and those that the emulator issues; without this option any token",
    text<&EmulatorArguments::tokenFile>};
constexpr Option clientId{"client-id", "ID",
                          "accept only this app; needs --client-secret-file; without this option any app",
                          text<&EmulatorArguments::clientId>};
constexpr Option clientSecretFile{
    "client-secret-file", "FILE",
    "file with the app's secret; then only tokens that were given to the app are accepted",
    text<&EmulatorArguments::clientSecretFile>};
constexpr Option jwtPublicKey{
    "jwt-public-key", "KEYID=FILE",
    "a public key (PEM) of the app's, by its id in the configuration file; may be repeated",
    [](Draft& draft, const GivenOption& given) { draft.emulator.jwtPublicKeys.push_back(keyFileOf(given)); }, true};
constexpr Option tokenLifetime{"token-lifetime", "SECONDS", "how long its tokens are valid (3600)",
                               storeNumber<&Draft::emulator, &EmulatorArguments::tokenLifetime, 1, 86'400>};
constexpr Option caOut{"ca-out", "FILE", "write the certificate for --ca here; without this option to a temporary file",
                       text<&EmulatorArguments::caOut>};
constexpr Option readyFile{"ready-file", "FILE", "write the base URL here, in one step, once it listens",
                           text<&EmulatorArguments::readyFile>};
template <auto Member>
void appendUser(Draft& draft, const GivenOption& given) {
  if (const auto fault = faultOf(EntryKind::user, given.value)) throw UsageError(given.name + ": " + fault->text);
  (draft.emulator.*Member).push_back(given.value);
}

constexpr Option unknownUser{"unknown-user", "ID|LOGIN", "answer 404 for calls with this user, may be repeated",
                             appendUser<&EmulatorArguments::unknownUsers>, true};
constexpr Option forbiddenUser{"forbidden-user", "ID|LOGIN",
                               "answer 403 for calls with this user, as for one whom the account may not manage; may "
                               "be repeated",
                               appendUser<&EmulatorArguments::forbiddenUsers>, true};
constexpr Option rateLimit{"rate-limit", "N", "answer 429 after N calls a minute (no limit)",
                           storeNumber<&Draft::emulator, &EmulatorArguments::rateLimit, 1, 1'000'000>};
constexpr Option fail{
    "fail", "STATUS",
    "answer calls that end sessions with this HTTP status, such as 401, 403, 429 or 503; use it to practise failures",
    storeNumber<&Draft::emulator, &EmulatorArguments::fail, 400, 599>};
constexpr Option failAfter{"fail-after", "N", "let N of these calls succeed before the first that fails (0)",
                           storeNumber<&Draft::emulator, &EmulatorArguments::failAfter, 0, 1'000'000'000>};
constexpr Option failCalls{"fail-calls", "N", "let N calls fail, and then none; without this option all calls fail",
                           storeNumber<&Draft::emulator, &EmulatorArguments::failCalls, 1, 1'000'000'000>};
constexpr Option retryAfter{"retry-after", "SECONDS",
                            "the wait that a 429 of --rate-limit or an answer of --fail asks for; without this option "
                            "100 s for a 429 of --rate-limit, and none for --fail",
                            storeNumber<&Draft::emulator, &EmulatorArguments::retryAfter, 0, 86'400>};
constexpr Option signInAfter{"sign-in-after", "TIME",
                             "this long after a call has ended the sessions of a user, such as 10s, the user signs in "
                             "again, and the emulator shows an event for it at once (Box takes 10 to 15 s); use it "
                             "to practise --follow and follow. Without this option no user signs in again",
                             storeDuration<&Draft::emulator, &EmulatorArguments::signInAfter>};
constexpr Option latency{"latency", "MS", "wait this long before each answer (0)",
                         storeNumber<&Draft::emulator, &EmulatorArguments::latency, 0, 3'600'000>};

}  // namespace

Section emulatorSection() {
  return {"Options:", {address,   port,      tokenFile,   clientId,      clientSecretFile, jwtPublicKey, tokenLifetime,
                       caOut,     readyFile, unknownUser, forbiddenUser, signInAfter,      rateLimit,    fail,
                       failAfter, failCalls, retryAfter,  latency,       jsonFlag,         helpFlag}};
}

EmulatorArguments emulatorIn(const Draft& draft) {
  EmulatorArguments out = draft.emulator;
  if (out.clientId.has_value() != out.clientSecretFile.has_value()) {
    throw UsageError("--client-id and --client-secret-file belong together: give both or none");
  }
  requireOneReader(draft);
  for (const Option& option : {failAfter, failCalls}) {
    if (out.fail == 0 && draft.has(option.name()))
      throw UsageError("--" + std::string(option.name()) + " alone does not say what fails: give --fail STATUS");
  }
  if (out.retryAfter && out.fail == 0 && out.rateLimit == 0)
    throw UsageError("--retry-after goes with --fail or --rate-limit");
  out.json = draft.call.json;
  return out;
}

}  // namespace box::cli

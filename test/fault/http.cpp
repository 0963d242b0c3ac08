// F: statuses, Retry-After, error bodies, redirects, tokens.
#include "fault/accounts.hpp"
#include "fault/replies.hpp"
#include "support/policies.hpp"

namespace box::test {

using emulator::CloseManner;
using emulator::Reply;
using namespace std::chrono_literals;

namespace {

std::string waitsBetween(Stage& stage, std::chrono::milliseconds least, std::chrono::milliseconds most) {
  const auto delays = stage.delays();
  if (delays.size() != 1) return std::to_string(delays.size()) + " waits";
  if (delays[0] < least || delays[0] > most) return "the wait was " + std::to_string(delays[0].count()) + " ms";
  return {};
}

std::string waitsAsByBackoff(Stage& stage) { return waitsBetween(stage, 1ms, 1ms); }
std::string waitsOneSecond(Stage& stage) { return waitsBetween(stage, 1000ms, 1100ms); }

void addRetryAfter(FaultGroup& group) {
  const char* date = "Sun, 06 Nov 1994 08:49:37 GMT";
  const char* secondLater = "Sun, 06 Nov 1994 08:49:38 GMT";
  const auto repeated = [&](const std::string& number, const std::string& what, Reply reply) -> Fault& {
    return group.add("01" + number, "429 with Retry-After: " + what)
        .by("once", first(std::move(reply)))
        .accepted()
        .counts(2, 1, 2);
  };
  repeated("a", "seconds", Reply::status(429).retryAfter("1")).takes(1s).also("waits 1 s and a little", waitsOneSecond);
  repeated("b", "a date", Reply::status(429).header("Date", date).retryAfter(secondLater))
      .takes(1s)
      .also("waits 1 s by the server's own clock", waitsOneSecond);
  repeated("c", "a date that has passed", Reply::status(429).header("Date", secondLater).retryAfter(date))
      .also("waits as by backoff", waitsAsByBackoff);
  const struct {
    const char *number, *what, *value;
  } nonsense[] = {{"d", "`0`", "0"},     {"e", "`-1`", "-1"},     {"f", "`1.5`", "1.5"},
                  {"g", "`inf`", "inf"}, {"h", "`0x10`", "0x10"}, {"i", "nothing", ""}};
  for (const auto& [number, what, value] : nonsense) {
    repeated(number, what, Reply::status(429).retryAfter(value)).also("waits as by backoff", waitsAsByBackoff);
  }
  repeated("j", "two of them", Reply::status(429).retryAfter("0").retryAfter("1"))
      .takes(1s)
      .also("waits the longer", waitsOneSecond);
  group.add("01k", "429 without Retry-After")
      .by("once", first(Reply::status(429)))
      .accepted()
      .counts(2, 1, 2)
      .also("waits as by backoff", waitsAsByBackoff);
  group.add("01l", "429 for ever")
      .by("always", always(Reply::status(429)))
      .fails(Errc::rateLimited, Fate::rejected)
      .status(429)
      .counts(5, 1, 5)
      .thenReused();
  const auto beyond = [&](const std::string& number, const std::string& what, const char* value) {
    group.add("02" + number, "429 with a Retry-After " + what)
        .by("`Retry-After: " + std::string(value) + "`, a deadline of 20 s",
            always(Reply::status(429).retryAfter(value)))
        .deadline(20s)
        .fails(Errc::rateLimited, Fate::rejected)
        .status(429)
        .once()
        .takes(0s, 15s)
        .thenReused()
        .because("a wait that would pass the deadline is not begun");
  };
  beyond("a", "beyond the deadline", "100");
  beyond("b", "of thirty digits", "999999999999999999999999999999");
  group.add("03", "202 with Retry-After")
      .by("`Retry-After: 1`", always(Reply::asBox().retryAfter("1")))
      .accepted()
      .once()
      .thenReused()
      .because("it is an acceptance, and is not repeated");
  group.add("18", "503 with Retry-After")
      .by("`Retry-After: 1`, once", first(Reply::status(503).retryAfter("1")))
      .accepted()
      .counts(2, 1, 2)
      .takes(1s)
      .also("waits 1 s and a little", waitsOneSecond);
}

void addStatuses(FaultGroup& group) {
  const struct {
    const char* letter;
    int status;
  } passing[] = {{"a", 500}, {"b", 502}, {"c", 503}, {"d", 504}, {"e", 520}, {"f", 524}, {"g", 529}};
  for (const auto& [letter, status] : passing) {
    group.add(std::string("04") + letter, std::to_string(status) + ", then an acceptance")
        .by("once", first(Reply::status(status)))
        .accepted()
        .counts(2, 1, 2)
        .thenReused();
  }
  for (const auto& [letter, status] : passing) {
    group.add(std::string("19") + letter, std::to_string(status) + " for ever")
        .by("always", always(Reply::status(status)))
        .fails(Errc::serverError, status == 500 ? Fate::rejected : Fate::inDoubt)
        .status(status)
        .counts(5, 1, 5)
        .thenReused();
  }
  const struct {
    const char* letter;
    int status;
    Errc code;
  } refused[] = {{"a", 400, Errc::badRequest},     {"b", 403, Errc::forbidden},      {"c", 404, Errc::notFound},
                 {"d", 405, Errc::requestRefused}, {"e", 409, Errc::requestRefused}, {"f", 413, Errc::requestRefused},
                 {"g", 415, Errc::requestRefused}, {"h", 501, Errc::serverError},    {"i", 505, Errc::serverError}};
  for (const auto& [letter, status, code] : refused) {
    group.add(std::string("20") + letter, std::to_string(status))
        .by("always", always(Reply::status(status)))
        .fails(code, Fate::rejected)
        .status(status)
        .once()
        .thenReused();
  }
  for (const int status : {408, 425}) {
    group.add(status == 408 ? "21a" : "21b", std::to_string(status) + " for ever")
        .by("always", always(Reply::status(status)))
        .fails(Errc::requestRefused, Fate::rejected)
        .status(status)
        .counts(5, 1, 5)
        .thenReused();
  }
  const struct {
    const char* letter;
    int status;
  } others[] = {{"a", 200}, {"b", 201}, {"c", 204}};
  for (const auto& [letter, status] : others) {
    group.add(std::string("22") + letter, "another success than the documented one")
        .by(std::to_string(status), always(Reply::status(status)))
        .fails(Errc::unexpectedResponse, Fate::inDoubt)
        .status(status)
        .once()
        .thenReused()
        .because("the answer is whole, and another would be no different");
  }
  group.add("15", "403: the token lacks a scope")
      .by("an empty body, the reason in WWW-Authenticate",
          [](Stage& stage) {
            stage.boxOptions().underprivilegedTokens = {stage.developerToken()};
            stage.box();
          })
      .fails(Errc::forbidden, Fate::rejected)
      .status(403)
      .once()
      .also("says insufficient_scope and the request's id", [](Stage& stage) {
        const std::string text = stage.error()->what();
        const bool said =
            text.find("insufficient_scope") != std::string::npos && text.find("box-request-id") != std::string::npos;
        return said ? std::string() : text;
      });
  group.add("16", "202, but a page in HTML")
      .by("`Content-Type: text/html`",
          always(Reply::status(202).body("<html><title>Log in</title></html>", "text/html")))
      .fails(Errc::unexpectedResponse, Fate::inDoubt)
      .status(202)
      .once()
      .thenReused()
      .because("the page of something between: not known whether Box was asked");
}

void addBodies(FaultGroup& group) {
  const struct {
    const char *letter, *words, *body, *type;
  } bodies[] = {{"a", "an empty body", "", "application/octet-stream"},
                {"b", "a page in HTML", "<html><title>404</title></html>", "text/html"},
                {"c", "half a JSON text", "{\"code\":", "application/json"},
                {"d", "a JSON array", "[1,2]", "application/json"},
                {"e", "members of other types", R"({"code":7,"status":"x","message":[]})", "application/json"},
                {"f", "a code that Box's document does not list", R"({"type":"error","code":"rate_limit_exceeded"})",
                 "application/json"},
                {"g", "bytes that are no UTF-8", "\xff\xfe", "application/json"}};
  for (const auto& [letter, words, body, type] : bodies) {
    group.add(std::string("05") + letter, std::string("an error with ") + words)
        .by("404", always(Reply::status(404).body(body, type)))
        .fails(Errc::notFound, Fate::rejected)
        .status(404)
        .once()
        .thenReused();
  }
  group.add("05h", "an error with JSON a thousand levels deep")
      .by("404", always(Reply::status(404).body(std::string(1000, '['))))
      .fails(Errc::notFound, Fate::rejected)
      .status(404)
      .once()
      .thenReused();
  group.add("05i", "a balancer's page for a 502")
      .by("502 in HTML", always(Reply::status(502).body("<html><title>502 Bad Gateway</title></html>", "text/html")))
      .fails(Errc::serverError, Fate::inDoubt)
      .status(502)
      .counts(5, 1, 5)
      .thenReused();
}

void addRedirects(FaultGroup& group) {
  const struct {
    const char* letter;
    int status;
  } statuses[] = {{"a", 301}, {"b", 302}, {"c", 303}, {"d", 307}, {"e", 308}};
  for (const auto& [letter, status] : statuses) {
    const auto elsewhere = std::make_shared<std::weak_ptr<emulator::Emulator>>();
    group.add(std::string("09") + letter, std::to_string(status) + " to another host")
        .by("always",
            [status = status, elsewhere](Stage& stage) {
              const auto other = std::make_shared<emulator::Emulator>();
              *elsewhere = other;
              stage.keepToTheEnd(other);
              stage.box().setDefault(Reply::redirect(status, other->baseUrl() + "/2.0/users/terminate_sessions"));
            })
        .fails(Errc::unexpectedResponse, Fate::rejected)
        .status(status)
        .once()
        .thenReused()
        .also("the other host is not connected to", [elsewhere](Stage&) {
          const auto other = elsewhere->lock();
          return other && other->counts().connectionsAccepted == 0 ? std::string() : "it was";
        });
  }
  group.add("09f", "307 to the same host")
      .by("always",
          [](Stage& stage) {
            stage.box().setDefault(Reply::redirect(307, stage.box().baseUrl() + "/2.0/users/terminate_sessions"));
          })
      .fails(Errc::unexpectedResponse, Fate::rejected)
      .status(307)
      .once()
      .thenReused();
  group.add("09g", "307 to http")
      .by("always", always(Reply::redirect(307, "http://localhost/2.0/users/terminate_sessions")))
      .fails(Errc::unexpectedResponse, Fate::rejected)
      .status(307)
      .once()
      .thenReused();
}

void addRefusedTokens(FaultGroup& group) {
  group.add("06", "401 with an empty body of octets")
      .by("the token is revoked, the reason in WWW-Authenticate",
          [](Stage& stage) {
            useClientCredentials(stage);
            stage.callBefore();
            stage.box().expireAllTokens();
          })
      .accepted()
      .counts(2, 0, 2)
      .tokenRequests(1)
      .because("one refresh, one repeat at once");
  group.add("07a", "401 for ever")
      .by("always",
          [](Stage& stage) {
            useClientCredentials(stage);
            stage.callBefore();
            stage.box().setDefault(Reply::status(401));
          })
      .fails(Errc::unauthorized, Fate::rejected)
      .status(401)
      .counts(2, 0, 2)
      .tokenRequests(1)
      .thenReused();
  group.add("07b", "401 for a token that cannot be refreshed")
      .by("a developer token", always(Reply::status(401)))
      .fails(Errc::unauthorized, Fate::rejected)
      .status(401)
      .once()
      .thenReused();
  group.add("08", "401 for fifty calls at once")
      .by("the token is revoked",
          [](Stage& stage) {
            useClientCredentials(stage);
            stage.callBefore();
            stage.box().expireAllTokens();
          })
      .calls(50)
      .accepted()
      .tokenRequests(1)
      .because("one refresh for all of them");
  group.add("13", "the token expires during the wait between two attempts")
      .by("503; the clock goes on by an hour in the wait",
          [](Stage& stage) {
            useClientCredentials(stage);
            const auto clock = std::make_shared<RowClock>();
            stage.settings() = stage.settings().withClock(clock).withBackoffPolicy(
                std::make_shared<BackoffBy>([clock](const BackoffContext&) {
                  clock->advance(1h);
                  return 1ms;
                }));
            stage.box().script(Reply::status(503));
          })
      .accepted()
      .counts(2, 1, 2)
      .tokenRequests(2)
      .because("renewed before it is used; no 401 is needed");
  group.add("14", "a new refresh token cannot be stored")
      .by("the disk is full", [](Stage& stage) { useRefreshToken(stage, {.diskFull = true}); })
      .fails(Errc::tokenUnavailable, Fate::notSent)
      .counts(1, 1, 0)
      .tokenRequests(1)
      .because("the new access token is not used, so that the old refresh token stays good");
}

void addTokenEndpoint(FaultGroup& group) {
  const auto answered = [&](const std::string& letter, const std::string& what, const std::string& words,
                            Reply reply) -> Fault& {
    return group.add("10" + letter, "the token endpoint: " + what).by(words, [reply = std::move(reply)](Stage& stage) {
      useClientCredentials(stage);
      stage.boxOptions().accessTokens = {"abc"};
      stage.box().scriptOAuth(reply);
    });
  };
  const auto denied = [](const char* error, const char* description) {
    return Reply::status(400).body(std::string(R"({"error":")") + error + R"(","error_description":")" + description +
                                   "\"}");
  };
  answered("a", "wrong credentials", "400 invalid_client",
           denied("invalid_client", "The client credentials are invalid"))
      .fails(Errc::credentialsInvalid, Fate::notSent)
      .status(400)
      .counts(1, 1, 0)
      .tokenRequests(1);
  answered("b", "an unknown subject", "400 invalid_grant", denied("invalid_grant", "Grant credentials are invalid"))
      .fails(Errc::credentialsInvalid, Fate::notSent)
      .status(400)
      .counts(1, 1, 0)
      .tokenRequests(1);
  answered("c", "the app is not authorised", "400 unauthorized_client",
           denied("unauthorized_client", "This app is not authorized by the enterprise"))
      .fails(Errc::appNotAuthorized, Fate::notSent)
      .status(400)
      .counts(1, 1, 0)
      .tokenRequests(1);
  group.add("10d", "the token endpoint: the refresh token is used up")
      .by("400 invalid_grant to a refresh", [](Stage& stage) { useRefreshToken(stage, {.known = false}); })
      .fails(Errc::refreshTokenExpired, Fate::notSent)
      .status(400)
      .counts(1, 1, 0)
      .tokenRequests(1);
  answered("e", "429, then a token", "once, without Retry-After", Reply::status(429))
      .accepted()
      .once()
      .tokenRequests(2);
  answered("f", "429 for ever", "always", Reply::status(429).times(9))
      .fails(Errc::rateLimited, Fate::notSent)
      .status(429)
      .counts(1, 1, 0)
      .tokenRequests(5)
      .because("the token request has its own repeats; the call around it has one attempt");
  answered("g", "503, then a token", "once", Reply::status(503)).accepted().once().tokenRequests(2);
  answered("h", "503 for ever", "always", Reply::status(503).times(9))
      .fails(Errc::serverError, Fate::notSent)
      .status(503)
      .counts(1, 1, 0)
      .tokenRequests(5)
      .because("the token request has its own repeats; the call around it has one attempt");
  answered("i", "a page in HTML", "200 in HTML",
           Reply::status(200).body("<html><title>Sign in</title></html>", "text/html").times(9))
      .fails(Errc::unexpectedResponse, Fate::notSent)
      .status(200)
      .counts(1, 1, 0)
      .tokenRequests(1);
  answered("j", "an answer that is no JSON", "200 with half a JSON text", Reply::status(200).body("{\"access_token\":"))
      .fails(Errc::tokenUnavailable, Fate::notSent)
      .counts(1, 1, 0)
      .tokenRequests(1);
  answered("k", "an answer beyond the limit", "200 with 2 MB",
           Reply::status(200).body(std::string(2000000, ' ')).times(9))
      .fails(Errc::connectionLost, Fate::notSent)
      .counts(1, Count::atLeast(1), 0)
      .tokenRequests(2)
      .because("a token may have been issued, which did not arrive: asked for once more");
  answered("l", "no expires_in", "200 without it",
           Reply::status(200).body(R"({"access_token":"abc","token_type":"bearer"})"))
      .accepted()
      .once()
      .tokenRequests(1)
      .because("used until Box refuses it");
  answered("m", "a negative expires_in", "`-5`", Reply::status(200).body(R"({"access_token":"abc","expires_in":-5})"))
      .accepted()
      .once()
      .tokenRequests(1)
      .because("makes no sense, so it is not known: used until Box refuses it");
  answered("n", "an access token that is none", "a token with a line break in it",
           Reply::status(200).body(R"({"access_token":"a\r\nX-Evil: b"})"))
      .fails(Errc::tokenUnavailable, Fate::notSent)
      .counts(1, 1, 0)
      .tokenRequests(1);
  answered("o", "no answer in the time of the call", "silence, a deadline of 300 ms", Reply::hang())
      .deadline(300ms)
      .fails(Errc::callTimeout, Fate::notSent)
      .counts(1, 1, 0)
      .tokenRequests(1)
      .takes(300ms);
  answered("p", "the token's type in capitals", "`BEARER`",
           Reply::status(200).body(R"({"access_token":"abc","token_type":"BEARER"})"))
      .accepted()
      .once()
      .tokenRequests(1);
  group.add("10q", "nobody has signed in yet")
      .by("no refresh token in the storage", [](Stage& stage) { useRefreshToken(stage, {.signedIn = false}); })
      .fails(Errc::signInRequired, Fate::notSent)
      .counts(1, 0, 0)
      .tokenRequests(0);
  group.add("11", "the token endpoint: the idle connection is stale")
      .by("the server ends it over the request for a token",
          [](Stage& stage) {
            useClientCredentials(stage);
            stage.callBefore();
            stage.box().expireAllTokens();
            stage.box().scriptOAuth(Reply::close(CloseManner::reset));
          })
      .accepted()
      .counts(2, 1, 2)
      .tokenRequests(2);
  group.add("12a", "an assertion is refused: this machine's clock is two minutes behind")
      .by("the server's clock is ahead by that",
          [](Stage& stage) {
            stage.boxOptions().clockOffset = 2min;
            useAssertion(stage);
          })
      .accepted()
      .once()
      .tokenRequests(2)
      .because("made anew once, by the server's Date");
  group.add("12b", "an assertion is refused for its time, whatever its time")
      .by("400 invalid_grant that names `exp`, always",
          [denied](Stage& stage) {
            useAssertion(stage);
            stage.box().scriptOAuth(denied("invalid_grant", "Please check the 'exp' claim.").times(9));
          })
      .fails(Errc::clockSkew, Fate::notSent)
      .status(400)
      .counts(1, 1, 0)
      .tokenRequests(2);
  group.add("17", "arguments that Box would refuse")
      .by("an id that is no number", [](Stage& stage) { stage.nameNobody(); })
      .fails(Errc::invalidRequest, Fate::notSent)
      .counts(0, 0, 0);
}

}  // namespace

FaultGroup faultsOfHttp() {
  FaultGroup group("F", "HTTP and OAuth");
  addRetryAfter(group);
  addStatuses(group);
  addBodies(group);
  addRedirects(group);
  addRefusedTokens(group);
  addTokenEndpoint(group);
  return group;
}

}  // namespace box::test

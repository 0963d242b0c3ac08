#include "soak/server_faults.hpp"

#include <chrono>
#include <string>

namespace box::soak {

using emulator::CloseManner;
using emulator::Endless;
using emulator::Reply;
using std::chrono::milliseconds;

namespace {

/// An answer without a request. Its id shows if a client takes it for the answer to the next request.
const std::string unasked = "HTTP/1.1 202 Accepted\r\nbox-request-id: unasked\r\nContent-Length: 2\r\n\r\n{}";

/// The message with which load balancers close an idle connection. It may cross the next request: no client can tell it
/// from the answer to that. (A client would have to believe a 202 in its place.)
const std::string timedOut =
    "HTTP/1.1 408 Request Timeout\r\nbox-request-id: unasked\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

}  // namespace

enum class ServerFaults::Kind : unsigned char {
  // These may happen to token requests, too.
  serverError,
  unavailable,
  closed,
  hanging,
  cutHeader,
  cutBody,
  stalledBody,
  late,
  slow,
  garbage,
  connectionClose,
  chunked,
  interim,
  closedAfterwards,
  lastForTokens = closedAfterwards,
  // These happen to calls only, because they are false answers or depend on the request.
  unavailableThoughDone,
  closedThoughDone,
  hangingThoughDone,
  throttled,
  tokenRefused,
  refused,
  redirected,
  emptySuccess,
  page,
  tooManyInterim,
  endless,
  tooLarge,
  until,
  oldHttp,
  appended,
  unsolicited,
  belowTls,
  corrupt,
  last = corrupt,
};

std::string_view ServerFaults::nameOf(Kind kind) noexcept {
  switch (kind) {
    case Kind::serverError: return "500";
    case Kind::unavailable: return "502-504";
    case Kind::closed: return "closed";
    case Kind::hanging: return "hanging";
    case Kind::cutHeader: return "cut-header";
    case Kind::cutBody: return "cut-body";
    case Kind::stalledBody: return "stalled-body";
    case Kind::late: return "late";
    case Kind::slow: return "slow";
    case Kind::garbage: return "garbage";
    case Kind::connectionClose: return "connection-close";
    case Kind::chunked: return "chunked";
    case Kind::interim: return "interim";
    case Kind::closedAfterwards: return "closed-afterwards";
    case Kind::unavailableThoughDone: return "503-though-done";
    case Kind::closedThoughDone: return "closed-though-done";
    case Kind::hangingThoughDone: return "hanging-though-done";
    case Kind::throttled: return "429";
    case Kind::tokenRefused: return "401";
    case Kind::refused: return "4xx";
    case Kind::redirected: return "redirected";
    case Kind::emptySuccess: return "200";
    case Kind::page: return "page";
    case Kind::tooManyInterim: return "too-many-interim";
    case Kind::endless: return "endless";
    case Kind::tooLarge: return "too-large";
    case Kind::until: return "until-close";
    case Kind::oldHttp: return "http/1.0";
    case Kind::appended: return "appended";
    case Kind::unsolicited: return "unsolicited";
    case Kind::belowTls: return "plain-text-afterwards";
    case Kind::corrupt: return "corrupt-record";
  }
  return "";
}

ServerFaults::ServerFaults(double share, std::uint64_t seed) : share_(share), random_(seed) {}

std::optional<Reply> ServerFaults::forCall() { return draw(static_cast<std::size_t>(Kind::last) + 1); }

std::optional<Reply> ServerFaults::forTokenRequest() { return draw(static_cast<std::size_t>(Kind::lastForTokens) + 1); }

std::optional<Reply> ServerFaults::draw(std::size_t kinds) {
  const std::lock_guard lock(mutex_);
  if (std::uniform_real_distribution<double>(0, 1)(random_) >= share_) return std::nullopt;
  const int number = upTo(static_cast<int>(kinds) - 1);
  ++counts_[static_cast<std::size_t>(number)];
  return make(static_cast<Kind>(number));
}

Reply ServerFaults::make(Kind kind) {
  const auto manner = [this] {
    static constexpr std::array all = {CloseManner::closeNotify, CloseManner::fin, CloseManner::reset,
                                       CloseManner::closeNotifyOnly, CloseManner::halfClose};
    return all[static_cast<std::size_t>(upTo(static_cast<int>(all.size()) - 1))];
  };
  const auto bytes = [this](int most) { return static_cast<std::size_t>(upTo(most)); };
  const auto answer = Reply::asBox();
  switch (kind) {
    case Kind::serverError: return Reply::status(500);
    case Kind::unavailable: return Reply::status(502 + upTo(2));
    case Kind::closed: return Reply::close(manner());
    case Kind::hanging: return Reply::hang();
    case Kind::cutHeader: return answer.cutAfter(bytes(150), manner());
    case Kind::cutBody: return answer.cutBody(bytes(60), manner());
    case Kind::stalledBody: return answer.stallBody(bytes(60));
    case Kind::late: return answer.after(milliseconds(upTo(600)));
    case Kind::slow: return answer.slowly(milliseconds(upTo(3)), 1 + bytes(20));
    case Kind::garbage: {
      static const std::array<std::string, 6> all = {"SSH-2.0-OpenSSH_9.2\r\n",
                                                     "HTTP/1.1 20",
                                                     "HTTP/1.1 999 What\r\n\r\n",
                                                     "HTTP/2.0 202 Accepted\r\n\r\n",
                                                     "HTTP/1.1 202 Accepted\r\nContent-Length: 2, 3\r\n",
                                                     std::string(3000, '\0')};
      // None of them has a whole header with 202, which would be an acceptance even if Box refuses the token.
      return Reply::raw(all[bytes(static_cast<int>(all.size()) - 1)]);
    }
    case Kind::connectionClose: return answer.connectionClose();
    case Kind::chunked: return answer.chunked(1 + bytes(30));
    case Kind::interim: return answer.interim(upTo(1) == 0 ? 102 : 103, 1 + bytes(3));
    case Kind::closedAfterwards: return answer.thenClose(manner(), milliseconds(upTo(5)));
    case Kind::unavailableThoughDone: return Reply::status(502 + upTo(2)).processed();
    case Kind::closedThoughDone: return Reply::close(manner()).processed();
    case Kind::hangingThoughDone: return Reply::hang().processed();
    case Kind::throttled: return upTo(9) == 0 ? Reply::status(429).retryAfter("1") : Reply::status(429).retryAfter("0");
    case Kind::tokenRefused: return Reply::status(401);
    case Kind::refused: {
      static constexpr std::array all = {400, 403, 404, 408, 409, 413, 425, 431};
      return Reply::status(all[bytes(static_cast<int>(all.size()) - 1)]);
    }
    case Kind::redirected: return Reply::redirect(upTo(1) == 0 ? 302 : 308, "https://example.com/elsewhere");
    case Kind::emptySuccess: return Reply::status(upTo(1) == 0 ? 200 : 204).processed();
    case Kind::page: return answer.body("<html><title>Sign in to the network</title></html>", "text/html");
    case Kind::tooManyInterim: return answer.interim(102, 30);
    // The other kinds of endless answers begin with 202. That would be false if Box refuses the token.
    case Kind::endless: return Reply::endless(upTo(1) == 0 ? Endless::interimResponses : Endless::headers).processed();
    case Kind::tooLarge: return answer.body(std::string(1100000, ' '));
    case Kind::until: return answer.untilClose(manner());
    case Kind::oldHttp: return answer.http10();
    case Kind::appended: return answer.append(unasked);
    case Kind::unsolicited: return answer.thenSend(timedOut, milliseconds(upTo(5))).thenClose(manner());
    case Kind::belowTls: return answer.thenSendBelowTls("HTTP/1.1 400 Bad Request\r\n\r\n", milliseconds(upTo(5)));
    case Kind::corrupt: return answer.corruptAfter(bytes(40), "this is no record of TLS");
  }
  return answer;
}

std::vector<std::pair<std::string_view, std::uint64_t>> ServerFaults::counts() const {
  std::vector<std::pair<std::string_view, std::uint64_t>> counts;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(Kind::last); ++i) {
    counts.emplace_back(nameOf(static_cast<Kind>(i)), counts_[i].load());
  }
  return counts;
}

}  // namespace box::soak

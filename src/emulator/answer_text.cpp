#include "answer_text.hpp"

#include "http_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <chrono>
#include <sstream>
#include <string_view>
#include <vector>

namespace box::inline v0_1::emulator {
namespace {

std::string httpDate(std::chrono::system_clock::time_point time) {
  static constexpr std::array<const char*, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto now = std::chrono::floor<std::chrono::seconds>(time);
  const auto midnight = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(now - midnight);
  // Formatted without strftime, whose result depends on the process's locale.
  const auto two = [](auto number) {
    std::string text = std::to_string(number);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::string(days[std::chrono::weekday(midnight).c_encoding()]) + ", " +
         two(static_cast<unsigned>(date.day())) + " " + months[static_cast<unsigned>(date.month()) - 1] + " " +
         std::to_string(static_cast<int>(date.year())) + " " + two(clock.hours().count()) + ":" +
         two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + " GMT";
}

std::string hexText(std::size_t number) {
  std::ostringstream text;
  text << std::hex << number;
  return text.str();
}

bool hasHeader(const std::vector<Header>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const Header& header) { return equalNoCase(header.first, name); });
}

}  // namespace

std::string interimText(int status) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " " + std::string(reasonPhrase(status)) + "\r\n";
  if (status == 103) text += "Link: </>; rel=preconnect\r\n";
  return text + "\r\n";
}

AnswerText answerText(const BoxAnswer& answer, const ReplyPlan& plan, bool closing, bool toHead, bool toHttp10,
                      std::chrono::system_clock::time_point time) {
  std::vector<Header> headers = answer.headers;
  std::string body = answer.body;
  if (plan.body) {
    body = *plan.body;
    headers.erase(std::remove_if(headers.begin(), headers.end(),
                                 [](const Header& header) { return equalNoCase(header.first, "Content-Type"); }),
                  headers.end());
    if (!plan.contentType.empty()) headers.emplace_back("Content-Type", plan.contentType);
  }
  headers.insert(headers.begin(), Header("Date", httpDate(time)));

  const bool bodiless = answer.status < 200 || answer.status == 204 || answer.status == 304;
  AnswerText text;
  if (plan.framing == ReplyPlan::Framing::chunked) {
    headers.emplace_back("Transfer-Encoding", "chunked");
    for (std::size_t at = 0; at < body.size(); at += plan.chunkSize) {
      const std::string piece = body.substr(at, plan.chunkSize);
      text.body += hexText(piece.size()) + "\r\n" + piece + "\r\n";
    }
    text.body += "0\r\n\r\n";
  } else {
    if (plan.framing == ReplyPlan::Framing::length && (!bodiless || plan.body)) {
      headers.emplace_back("Content-Length", std::to_string(body.size()));
    }
    text.body = body;
  }
  if (toHead) text.body.clear();
  if (closing && plan.framing != ReplyPlan::Framing::untilClose) headers.emplace_back("Connection", "close");
  if (!closing && toHttp10) headers.emplace_back("Connection", "keep-alive");

  const auto dropped = [&](const Header& header) {
    const auto same = [&](const std::string& name) { return equalNoCase(name, header.first); };
    return hasHeader(plan.headers, header.first) || std::any_of(plan.removed.begin(), plan.removed.end(), same);
  };
  headers.erase(std::remove_if(headers.begin(), headers.end(), dropped), headers.end());
  headers.insert(headers.end(), plan.headers.begin(), plan.headers.end());

  text.head = std::string(plan.http10 ? "HTTP/1.0 " : "HTTP/1.1 ") + std::to_string(answer.status) + " " +
              std::string(reasonPhrase(answer.status)) + "\r\n";
  for (const Header& header : headers) text.head += header.first + ": " + header.second + "\r\n";
  text.head += "\r\n";
  return text;
}

std::string wireBytes(const AnswerText& text, const ReplyPlan& plan) {
  std::string bytes;
  if (plan.kind != ReplyPlan::Kind::raw) {
    for (const int status : plan.interim) bytes += interimText(status);
  }
  std::string kept = text.head + text.body;
  if (plan.keepBytes) kept.resize(std::min(kept.size(), *plan.keepBytes));
  if (plan.keepBody) kept.resize(std::min(kept.size(), text.head.size() + *plan.keepBody));
  return bytes + kept + plan.appended;
}

std::pair<std::string, std::string> endlessText(Endless what) {
  const std::string chunkedHead =
      "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  switch (what) {
    case Endless::interimResponses: return {std::string(), "HTTP/1.1 102 Processing\r\n\r\n"};
    case Endless::headers: return {"HTTP/1.1 202 Accepted\r\n", "X-Filler: " + std::string(100, 'x') + "\r\n"};
    case Endless::chunkExtension: return {chunkedHead + "1;x=", std::string(1024, 'x')};
    case Endless::chunks: return {chunkedHead, "10\r\n                \r\n"};
    case Endless::trailers: return {chunkedHead + "2\r\n{}\r\n0\r\n", "X-Filler: " + std::string(100, 'x') + "\r\n"};
  }
  return {};
}

}  // namespace box::inline v0_1::emulator

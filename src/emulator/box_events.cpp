#include "box_events.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

namespace box::inline v0_1::emulator {
namespace json = boost::json;
namespace {

using WallTime = BoxEvents::WallTime;

constexpr std::size_t usualEvents = 100;
constexpr std::size_t mostEvents = 500;
constexpr std::chrono::hours historyKept{24 * 365};

/// The time in Box's format: whole seconds, with an offset other than UTC's.
std::string timeText(WallTime time) {
  const auto there = std::chrono::floor<std::chrono::seconds>(time - std::chrono::hours(7));
  const auto midnight = std::chrono::floor<std::chrono::days>(there);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss day(there - midnight);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d-07:00", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(day.hours().count()), static_cast<int>(day.minutes().count()),
                static_cast<int>(day.seconds().count()));
  return text.data();
}

/// Parses a time of RFC 3339, in whole seconds.
std::optional<WallTime> readTime(const std::string& text) {
  int year = 0, hour = 0, minute = 0, second = 0;
  unsigned month = 0, day = 0;
  char sign = 0;
  int hours = 0;
  int minutes = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &used) !=
      6) {
    return std::nullopt;
  }
  const std::string zone = text.substr(static_cast<std::size_t>(used));
  if (zone != "Z") {
    used = 0;
    if (std::sscanf(zone.c_str(), "%c%2d:%2d%n", &sign, &hours, &minutes, &used) != 3) return std::nullopt;
    if (static_cast<std::size_t>(used) != zone.size() || (sign != '+' && sign != '-')) return std::nullopt;
  }
  const std::chrono::seconds offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  const std::chrono::year_month_day written{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!written.ok()) return std::nullopt;
  const std::chrono::sys_days date(written);
  const WallTime local = date + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  return sign == '-' ? local + offset : local - offset;
}

json::value userOfEvent(const EmulatorUser& user) {
  json::object body;
  body["type"] = "user";
  body["id"] = user.id;
  body["name"] = user.name;
  body["login"] = user.login;
  return body;
}

std::uint64_t historyKey(WallTime createdAt, std::uint64_t number) {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(createdAt.time_since_epoch());
  return static_cast<std::uint64_t>(time.count()) * 1'000'000U + number % 1'000'000U;
}

}  // namespace

void BoxEvents::Page::offer(const Told& told) {
  if (types.empty() || std::find(types.begin(), types.end(), told.type) != types.end()) entries.push_back(&told);
}

void BoxEvents::add(const EmulatorEvent& event, WallTime now) {
  Told told;
  told.type = event.type;
  told.createdAt = event.createdAt.value_or(now);
  told.json = write(event, told.createdAt);
  const std::uint64_t key = historyKey(told.createdAt, ++added_);
  told.from = std::max(now, told.createdAt) + settings_.historyLag + event.delay;
  history_.emplace(key, told);
  told.from += settings_.streamingLag - settings_.historyLag;
  for (std::size_t i = 0; i <= settings_.duplicates; ++i) {
    stream(told);
    told.from += std::chrono::milliseconds(1);
  }
}

void BoxEvents::stream(Told told) {
  const auto later = [](const Told& one, const Told& other) { return one.from < other.from; };
  const auto place = std::upper_bound(stream_.begin(), stream_.end(), told, later);
  stream_.insert(place, std::move(told));
}

void BoxEvents::addTermination(const AcceptedTermination& termination, const std::string& callerId, WallTime now) {
  std::vector<std::string> ids = termination.userIds;
  for (const std::string& login : termination.userLogins) {
    const std::string id = directory_.idOf(login);
    if (!id.empty()) ids.push_back(id);
  }
  for (const std::string& group : termination.groupIds) {
    const std::vector<std::string> members = directory_.membersOf(group);
    ids.insert(ids.end(), members.begin(), members.end());
  }
  for (const std::string& id : ids) {
    for (const std::string& type : settings_.ofTermination) {
      EmulatorEvent event;
      event.type = type;
      event.userId = id;
      event.createdById = callerId;
      add(event, now);
    }
  }
}

std::string BoxEvents::write(const EmulatorEvent& event, WallTime createdAt) {
  const std::string id = answers_.freshId(32);
  json::object body;
  body["type"] = "event";
  body["event_id"] =
      id.substr(0, 8) + "-" + id.substr(8, 4) + "-" + id.substr(12, 4) + "-" + id.substr(16, 4) + "-" + id.substr(20);
  body["event_type"] = event.type;
  body["created_at"] = timeText(createdAt);
  const std::string& by = event.createdById.empty() ? event.userId : event.createdById;
  body["created_by"] = by.empty() ? json::value(nullptr) : userOfEvent(directory_.userOf(by));
  if (!event.sourceJson.empty()) {
    body["source"] = json::parse(event.sourceJson);
  } else {
    body["source"] = event.userId.empty() ? json::value(nullptr) : userOfEvent(directory_.userOf(event.userId));
  }
  body["ip_address"] = event.ipAddress;
  body["session_id"] = nullptr;
  body["action_by"] = nullptr;
  body["additional_details"] = nullptr;
  return json::serialize(body);
}

BoxAnswer BoxEvents::events(const BoxRequest& request, WallTime now) {
  const std::optional<FormFields> query = parseForm(queryOf(request.target));
  if (!query) return answers_.clientError(400);
  if (settings_.forbidden) {
    return answers_.clientError(403, "access_denied_insufficient_permissions",
                                "Access denied - insufficient permission");
  }
  Page page;
  page.limit = usualEvents;
  if (const std::string& text = fieldOf(*query, "limit"); !text.empty()) {
    const std::optional<std::uint64_t> number = parseNumber(text);
    if (!number || *number == 0) return answers_.badPart("limit", "Invalid value '" + text + "'");
    page.limit = static_cast<std::size_t>(std::min<std::uint64_t>(*number, mostEvents));
  }
  if (settings_.shortPage != 0) page.limit = std::min(page.limit, settings_.shortPage);
  page.types = commaParts(fieldOf(*query, "event_type"));
  const std::string& position = fieldOf(*query, "stream_position");
  const std::string& type = fieldOf(*query, "stream_type");
  if (!position.empty() && position != "now" && !parseNumber(position)) {
    return answers_.clientError(400, "bad_request", "Invalid stream position");
  }
  if (type == "admin_logs_streaming") return streaming(position, std::move(page), now);
  if (type == "admin_logs") return history(*query, position, std::move(page), now);
  if (type.empty() || type == "all" || type == "changes" || type == "sync") return answer(page, 0);
  return answers_.badPart("stream_type", "Invalid value '" + type + "'");
}

BoxAnswer BoxEvents::streaming(const std::string& position, Page page, WallTime now) {
  const auto isTold = [&](const Told& told) { return told.from <= now; };
  const auto end = std::partition_point(stream_.begin(), stream_.end(), isTold);
  const auto isGone = [&](const Told& told) { return told.from + settings_.streamingKept < now; };
  auto next = std::partition_point(stream_.begin(), end, isGone);
  if (position == "now") {
    next = end;
  } else if (const std::uint64_t number = parseNumber(position).value_or(0); number > settings_.firstPosition) {
    const std::uint64_t index = number - settings_.firstPosition;
    const auto known = static_cast<std::uint64_t>(end - stream_.begin());
    next = std::max(next, stream_.begin() + static_cast<std::ptrdiff_t>(std::min(index, known)));
  }
  for (; next != end && !page.full(); ++next) page.offer(*next);
  if (settings_.disorder) std::reverse(page.entries.begin(), page.entries.end());
  return answer(page, settings_.firstPosition + static_cast<std::uint64_t>(next - stream_.begin()));
}

BoxAnswer BoxEvents::history(const FormFields& query, const std::string& position, Page page, WallTime now) {
  WallTime after = now - historyKept;
  WallTime before = now + historyKept;
  for (const auto& [name, bound] : {std::pair("created_after", &after), std::pair("created_before", &before)}) {
    const std::string& text = fieldOf(query, name);
    if (text.empty()) continue;
    const std::optional<WallTime> time = readTime(text);
    const bool possible = time && *time >= now - historyKept && (bound == &before || *time <= now);
    if (!possible) return answers_.badPart(name, "Invalid value '" + text + "'");
    *bound = *time;
  }
  if (position == "now") {
    return answer(page, settings_.historyKnowsNow ? historyKey(now + std::chrono::milliseconds(1), 0) : 0);
  }
  std::uint64_t next = parseNumber(position).value_or(0);
  for (auto told = history_.lower_bound(next); told != history_.end() && !page.full(); ++told) {
    if (told->second.createdAt > before) break;
    if (told->second.from > now || told->second.createdAt < after) continue;
    page.offer(told->second);
    next = told->first + 1;
  }
  return answer(page, page.entries.empty() ? 0 : next);
}

BoxAnswer BoxEvents::answer(const Page& page, std::uint64_t next) {
  const bool asNumber = settings_.positionForm == PositionForm::number ||
                        (settings_.positionForm == PositionForm::alternating && ++answered_ % 2 == 0);
  const std::string position = std::to_string(next);
  std::string body = "{\"chunk_size\":" + std::to_string(page.entries.size()) + ",\"next_stream_position\":";
  body += asNumber || next == 0 ? position : "\"" + position + "\"";
  body += ",\"entries\":[";
  for (const Told* told : page.entries) body += (body.back() == '[' ? "" : ",") + told->json;
  return answers_.withJson(200, body + "]}");
}

}  // namespace box::inline v0_1::emulator

#include "follow/matcher.hpp"

#include <algorithm>
#include <optional>

#include "box/support/time.hpp"
#include "read/json_text.hpp"
#include "support/ascii.hpp"
#include "support/text_encoding.hpp"

namespace box::inline v0_1 {
namespace {

using std::chrono::system_clock;

constexpr std::size_t mostTypes = 256;
constexpr std::size_t longestType = 100, longestApp = 100, longestAddress = 64;
constexpr std::string_view restOfTypes = "(others)";
/// Box's id of a user who has not signed in.
constexpr std::string_view nobody = "2";

std::optional<system_clock::time_point> timeOf(std::int64_t seconds) {
  if (seconds == unknownTime) return std::nullopt;
  return clockTimeOf(seconds);
}

/// The application that the details name; empty: they name none.
std::string appIn(const BoxEvent& event) {
  const std::optional<JsonText> details = JsonText::parse(event.additionalDetails);
  if (!details) return {};
  std::string app = details->member("service_name").scalar();
  if (app.empty()) app = details->member("service_id").scalar();
  app.resize(beginningOf(app, longestApp).size());
  return app;
}

bool has(const std::vector<std::string>& types, std::string_view type) noexcept {
  return std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

void TypeCounts::add(std::string_view type, std::uint64_t events) {
  type = beginningOf(type, longestType);
  const auto countOf = [&](std::string_view name) {
    return std::find_if(counts_.begin(), counts_.end(), [&](const FollowCount& count) { return count.type == name; });
  };
  auto known = countOf(type);
  if (known == counts_.end() && counts_.size() >= mostTypes) {
    type = restOfTypes;
    known = countOf(type);
  }
  if (known == counts_.end()) {
    counts_.push_back({std::string(type), events});
  } else {
    known->events += events;
  }
}

Matcher::Matcher(const FollowOptions& options, const std::vector<FollowTarget>& targets,
                 system_clock::time_point markTime)
    : evidenceTypes_(options.evidenceTypes),
      signInTypes_(options.signInTypes),
      skew_(std::chrono::ceil<std::chrono::seconds>(
                std::min<std::chrono::nanoseconds>(options.clockSkew, std::chrono::hours(24)))
                .count()),
      markTime_(secondsOf(markTime)),
      people_(targets, markTime_),
      recent_(options.remembered),
      past_(options.remembered) {}

/// Returns false if the event is remembered already. The events of admin_logs begin with the oldest ones of the stream.
/// If each of them took the place of an event of the stream, that event would be forgotten just before its copy comes.
bool Matcher::remember(std::uint64_t hash, bool ofHistory) {
  if (recent_.contains(hash) || past_.contains(hash)) return false;
  (ofHistory && recent_.isFull() ? past_ : recent_).insert(hash);
  return true;
}

bool Matcher::isOwn(const UserMini& user) const noexcept { return !own_.id.empty() && user.id == own_.id; }

bool Matcher::isPerson(const UserMini& user, std::uint32_t person) const noexcept {
  const std::string_view id = people_.id(person), login = people_.login(person);
  if (!id.empty() && !user.id.empty()) return user.id == id;
  return !login.empty() && equalsIgnoreCase(user.login, login);
}

FollowKind Matcher::kindOf(std::string_view type) const noexcept {
  if (has(signInTypes_, type)) return FollowKind::signIn;
  return has(evidenceTypes_, type) ? FollowKind::evidence : FollowKind::other;
}

void Matcher::hit(std::uint32_t person, const BoxEvent& event, std::int64_t time, bool byCreator,
                  std::vector<Hit>& hits) const {
  if (!hits.empty() && hits.front().person == person) return;
  Hit hit;
  hit.person = person;
  hit.kind = kindOf(event.eventType);
  const std::int64_t since = people_.since(person);
  // Token requests of the client appear as sign-ins of its account; they are not sign-ins of a person.
  if (hit.kind == FollowKind::signIn && isOwn(event.createdBy) && isPerson(own_, person)) hit.kind = FollowKind::other;
  if (hit.kind == FollowKind::other && byCreator) return;
  const std::int64_t from = hit.kind == FollowKind::signIn ? since : since - skew_;
  if (time != unknownTime && time < from) return;
  hits.push_back(hit);
}

void Matcher::consider(const BoxEvent& event, const Tell& tell, bool ofHistory) {
  const EventSource& source = event.source;
  const bool mayBeUser = source.type.empty() || source.type == "user";
  const std::string_view login = mayBeUser ? std::string_view(source.login) : std::string_view();
  const bool byCreator = source.userId.empty() && login.empty();
  std::optional<std::uint32_t> withId, withLogin;
  if (!byCreator) {
    withId = people_.withId(source.userId);
    withLogin = people_.withLogin(login);
  } else if (event.createdBy.id != nobody) {
    withId = people_.withId(event.createdBy.id);
    withLogin = people_.withLogin(event.createdBy.login);
  }
  const bool own = isOwn(event.createdBy);
  if (!withId && !withLogin && !own) return;

  const auto parsed = parseBoxTime(event.createdAt);
  const std::int64_t time = parsed ? secondsOf(*parsed) : unknownTime;
  hits_.clear();
  if (withId) hit(people_.originalOf(*withId), event, time, byCreator, hits_);
  if (withLogin) hit(people_.originalOf(*withLogin), event, time, byCreator, hits_);
  const bool matches = (withId || withLogin) && !(byCreator && hits_.empty());
  const std::int64_t begin = std::min(markTime_, people_.earliestSince()) - skew_;
  const bool teaches = own && !matches && (time == unknownTime || time >= begin);
  if (hits_.empty() && !teaches) return;
  if (!remember(hashOf(event.eventId.empty() ? event.rawJson : event.eventId), ofHistory)) {
    ++duplicates_;
    return;
  }
  if (teaches) unmatched_.add(event.eventType);
  if (hits_.empty()) return;

  const std::string app = appIn(event);
  for (const Hit& hit : hits_) {
    keep(hit, event, time, app);
    if (!tell) continue;
    FollowFinding finding;
    finding.target = hit.person;
    finding.kind = hit.kind;
    finding.event = &event;
    finding.time = parsed;
    finding.actor = actorOf(event, hit.person);
    finding.app = app;
    tell(finding);
  }
}

FollowActors Matcher::actorOf(const BoxEvent& event, std::uint32_t person) const noexcept {
  FollowActors actor;
  actor.themselves = isPerson(event.createdBy, person);
  actor.ourAccount = isOwn(event.createdBy);
  actor.others = !actor.themselves && !actor.ourAccount;
  return actor;
}

void Matcher::keep(const Hit& hit, const BoxEvent& event, std::int64_t time, std::string_view app) {
  Sighting& seen = people_.sighting(hit.person);
  const std::uint16_t type = types_.numberOf(beginningOf(event.eventType, longestType));
  seen.addType(type);
  switch (hit.kind) {
    case FollowKind::evidence: {
      const FollowActors actor = actorOf(event, hit.person);
      seen.actors.themselves |= actor.themselves;
      seen.actors.ourAccount |= actor.ourAccount;
      seen.actors.others |= actor.others;
      if (time != unknownTime) {
        seen.firstEvidence = seen.firstEvidence == 0 ? time : std::min(seen.firstEvidence, time);
        seen.lastEvidence = std::max(seen.lastEvidence, time);
      }
      ++seen.evidence;
      ++evidence_;
      break;
    }
    case FollowKind::signIn:
      ++seen.signIns;
      ++signIns_;
      if (!seen.signIn) {
        seen.signIn = std::make_unique<SeenSignIn>();
      } else if (time < seen.signIn->time) {
        break;
      }
      seen.signIn->time = time;
      seen.signIn->type = type;
      seen.signIn->app = apps_.numberOf(app);
      seen.signIn->address = beginningOf(event.ipAddress, longestAddress);
      break;
    case FollowKind::other:
      ++seen.others;
      others_.add(event.eventType);
      break;
  }
}

FollowResult Matcher::resultOf(std::size_t target) const {
  const Sighting& seen = people_.sighting(people_.originalOf(target));
  FollowResult result;
  result.evidence = seen.evidence;
  result.signIns = seen.signIns;
  result.others = seen.others;
  if (seen.firstEvidence != 0) result.firstEvidence = timeOf(seen.firstEvidence);
  if (seen.lastEvidence != 0) result.lastEvidence = timeOf(seen.lastEvidence);
  for (const std::uint16_t type : seen.types) {
    if (type != 0) result.types.emplace_back(types_.text(type));
  }
  result.actors = seen.actors;
  if (seen.signIn) {
    result.signIn.emplace();
    result.signIn->type = types_.text(seen.signIn->type);
    result.signIn->time = timeOf(seen.signIn->time);
    result.signIn->address = seen.signIn->address;
    result.signIn->app = apps_.text(seen.signIn->app);
  }
  result.outcome = seen.signIns != 0    ? FollowOutcome::signedInAgain
                   : seen.evidence != 0 ? FollowOutcome::evidence
                                        : FollowOutcome::nothingSeen;
  return result;
}

}  // namespace box::inline v0_1

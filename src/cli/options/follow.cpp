#include "cli/options/sections.hpp"

#include "cli/text.hpp"

namespace box::cli {

namespace {

template <auto Member>
constexpr auto typeInto =
    [](Draft& draft, const GivenOption& given) { (draft.follow.*Member).push_back(eventTypeOf(given)); };

constexpr Option file{"file,f", "FILE", "the list, if it is in another place now",
                      storeText<&Draft::follow, &FollowArguments::file>};
constexpr Option forTime{"for", "TIME",
                         "follow for this long from now on, as in 30s or 1h30m, and then show a table (15m)",
                         storeDuration<&Draft::follow, &FollowArguments::window>};
constexpr Option watch{"watch", "",
                       "follow until you press Ctrl-C, and show each new sign-in when it comes; the "
                       "enterprise's log is not read",
                       setFlag<&Draft::follow, &FollowArguments::watch>};
constexpr Option every{"every", "TIME", "time between two requests for new events (10s)",
                       storeDuration<&Draft::follow, &FollowArguments::interval>};
constexpr Option rate{
    "rate", "N",
    "at most N requests a second (1, which leaves Box's limit to a run that may be in progress); the word none means "
    "no limit",
    [](Draft& draft, const GivenOption& given) { draft.follow.rate = rateOf(given); }};
constexpr Option backfill{
    "backfill", "",
    "at the end also read what the enterprise's log has about the same period. The log has no gaps, but lags more. "
    "Without this option it is read only if the position in the stream of events is not known, or is older than 13 "
    "days",
    setFlag<&Draft::follow, &FollowArguments::backfill>};
constexpr Option logLag{
    "log-lag", "TIME",
    "events may appear in the enterprise's log this late (10m). If a part of the stream of events is missing, and the "
    "log is read less than TIME after that part, people about whom nothing was found stay 'could not look'",
    storeDuration<&Draft::follow, &FollowArguments::logLag>};
constexpr Option evidenceType{
    "evidence-type", "TYPE",
    "also count events of this type as evidence, may be repeated; these types always count: "
    "REMOVE_LOGIN_ACTIVITY_DEVICE, OAUTH2_ACCESS_TOKEN_REVOKE and OAUTH2_REFRESH_TOKEN_REVOKE",
    typeInto<&FollowArguments::evidenceTypes>, true};
constexpr Option signInType{
    "sign-in-type", "TYPE",
    "also count events of this type as sign-ins, may be repeated; these types always count: LOGIN, ADMIN_LOGIN, "
    "ADD_LOGIN_ACTIVITY_DEVICE and USER_AUTHENTICATE_OAUTH2_ACCESS_TOKEN_CREATE",
    typeInto<&FollowArguments::signInTypes>, true};

}  // namespace

Option followOption() {
  return {
      "follow", "TIME",
      "after the run read the admin events for this long, such as 15m, and show which of these people have signed in "
      "again, as 'box-sessions follow' does; the run then keeps a journal. If Box answers late, following takes "
      "longer; the line that is printed when it begins says how long at most. --timeout does not count it. If the "
      "credentials may not read events, "
      "the run is done without following, and the exit status is 2 instead of 0",
      [](Draft& draft, const GivenOption& given) { draft.run.follow = durationOf(given); }};
}

Section followSection() {
  return {"Duration and events:", {forTime, watch, every, rate, backfill, logLag, evidenceType, signInType, file}};
}

FollowArguments followIn(const Draft& draft) {
  FollowArguments out = draft.follow;
  out.journal = journalIn(draft, "follow");
  if (out.journal == "-") throw UsageError("a journal has to be a file, not standard input or output");
  static_cast<CallArguments&>(out) = callIn(draft);
  if (out.file == "-") throw UsageError("--file - : give the one list that the run began with, as a file");
  if (out.watch && draft.has("for")) throw UsageError("--watch and --for: give one of them");
  if (out.watch && out.backfill)
    throw UsageError(
        "--watch and --backfill: the log is read at the end, but --watch has no end. Give --for instead of --watch");
  return out;
}

}  // namespace box::cli

#include "cli/options/sections.hpp"

#include "cli/options/config.hpp"

namespace box::cli {

namespace {

template <auto Member>
constexpr auto text = &storeText<&Draft::connection, Member>;

constexpr Option timeout{"timeout", "TIME", "time limit for one call with its retries, such as 30s or 1m30s (120s)",
                         storeDuration<&Draft::connection, &ConnectionArguments::timeout>};
constexpr Option baseUrl{"base-url", "URL", "address of Box's API, without /2.0 (https://api.box.com)",
                         text<&ConnectionArguments::baseUrl>};
constexpr Option ca{"ca", "FILE", "trust these certificates (PEM) and not the system's",
                    text<&ConnectionArguments::caFile>};
constexpr Option proxy{"proxy", "URL",
                       "use a proxy: http://HOST:PORT or https://HOST:PORT; the word env means HTTPS_PROXY and "
                       "NO_PROXY of the environment",
                       [](Draft& draft, const GivenOption& given) { draft.connection.proxy = proxyOf(given); }};
constexpr Option proxyUser{"proxy-user", "NAME", "user name for the proxy", text<&ConnectionArguments::proxyUser>};
constexpr Option proxyPasswordFile{
    "proxy-password-file", "FILE",
    "file with the proxy's password; - is standard input. Without this option you are asked",
    text<&ConnectionArguments::proxyPasswordFile>};

}  // namespace

Section connectionSection() {
  Section section = routeSection();
  section.options.insert(section.options.begin(), timeout);
  return section;
}

Section routeSection() {
  return {"Connection to Box:", {baseUrl, ca, proxy, proxyUser, proxyPasswordFile, configOption}};
}

Option runTimeout() {
  return timeout.saying(
      "time limit for the whole run, such as 30s or 1h30m (120s if one call is enough, otherwise none). Until then the "
      "run retries calls that fail; a run to which Box gives no answer, or only errors such as 503, ends after 30 "
      "minutes. Not counted: reading the list (also from Box), your answer to the question, and --follow, which has "
      "its "
      "own limit");
}

ConnectionArguments connectionIn(const Draft& draft) {
  const ConnectionArguments& out = draft.connection;
  if (out.proxyUser && !out.proxy)
    throw UsageError("--proxy-user alone does not say where the proxy is: give --proxy URL");
  if (out.proxyPasswordFile && !out.proxyUser)
    throw UsageError("--proxy-password-file alone does not name a user: give --proxy-user NAME");
  return out;
}

void requireOneReader(const Draft& draft) {
  if (draft.standardInputs > 1)
    throw UsageError("standard input can be read once: give the list or the secret in a file");
}

CallArguments callIn(const Draft& draft) {
  CallArguments out = draft.call;
  out.credentials = credentialsIn(draft);
  out.connection = connectionIn(draft);
  out.readsStandardInput = draft.standardInputs > 0;
  requireOneReader(draft);
  if (out.quiet && out.verbose) throw UsageError("--quiet and --verbose: give one of them");
  return out;
}

}  // namespace box::cli

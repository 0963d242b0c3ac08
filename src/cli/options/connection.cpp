#include "cli/options/sections.hpp"

#include "cli/options/config.hpp"

namespace box::cli {

namespace {

template <auto Member>
constexpr auto text = &storeText<&Draft::connection, Member>;

constexpr Option timeout{"timeout", "TIME", "limit for one call with its retries: 30s, 1m30s (120s)",
                         storeDuration<&Draft::connection, &ConnectionArguments::timeout>};
constexpr Option baseUrl{"base-url", "URL", "where Box is, without /2.0 (https://api.box.com)",
                         text<&ConnectionArguments::baseUrl>};
constexpr Option ca{"ca", "FILE", "trust these certificates (PEM) and not the system's",
                    text<&ConnectionArguments::caFile>};
constexpr Option proxy{"proxy", "URL",
                       "use a proxy: http://HOST:PORT or https:; env: use the environment's HTTPS_PROXY and NO_PROXY",
                       [](Draft& draft, const GivenOption& given) { draft.connection.proxy = proxyOf(given); }};
constexpr Option proxyUser{"proxy-user", "NAME", "user name for the proxy", text<&ConnectionArguments::proxyUser>};
constexpr Option proxyPasswordFile{"proxy-password-file", "FILE",
                                   "the proxy's password; - is standard input; else you are asked",
                                   text<&ConnectionArguments::proxyPasswordFile>};

}  // namespace

Section connectionSection() {
  Section section = routeSection();
  section.options.insert(section.options.begin(), timeout);
  return section;
}

Section routeSection() { return {"The way to Box:", {baseUrl, ca, proxy, proxyUser, proxyPasswordFile, configOption}}; }

Option runTimeout() {
  return timeout.saying(
      "limit for the whole run: 30s, 1h30m (120s where one call is enough, otherwise none). What fails is tried again "
      "until then; a run that gets no answer at all gives up after 30 minutes");
}

ConnectionArguments connectionIn(const Draft& draft) {
  const ConnectionArguments& out = draft.connection;
  if (out.proxyUser && !out.proxy)
    throw UsageError("--proxy-user alone does not say where the proxy is: give --proxy URL");
  if (out.proxyPasswordFile && !out.proxyUser)
    throw UsageError("--proxy-password-file alone does not name a user: give --proxy-user NAME");
  return out;
}

}  // namespace box::cli

// Measures the pure cores one by one: the request's body and text, the response's reader, and the decisions of pool and
// retries.
#include <chrono>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "box/network/session.hpp"
#include "box/views.hpp"
#include "http/request_writer.hpp"
#include "http/response_reader.hpp"
#include "network/url.hpp"
#include "policy/retry_state.hpp"
#include "pool/pool_core.hpp"
#include "session_termination/request_body.hpp"
#include "support/load.hpp"

namespace {

void encodeBody(benchmark::State& state) {
  const std::vector<std::string> ids = box::bench::makeIds(static_cast<std::size_t>(state.range(0)));
  const box::StringListView list(ids), none;
  for (auto _ : state) {
    benchmark::DoNotOptimize(box::encodeBody({{"user_ids", "userIds", box::EntryKind::userId, list},
                                              {"user_logins", "userLogins", box::EntryKind::userLogin, none}}));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(encodeBody)->Arg(1)->Arg(100)->Arg(1'000)->Arg(10'000);

void writeRequest(benchmark::State& state) {
  const box::Url url = box::parseUrl("https://api.box.com/2.0/users/terminate_sessions", "url");
  const std::string body = box::bench::requestBody(1);
  box::RequestParts parts;
  parts.method = "POST";
  parts.authority = url.authority;
  parts.path = url.path;
  parts.bearerToken = box::bench::token;
  parts.contentType = "application/json";
  parts.body = body;
  std::string out;
  for (auto _ : state) {
    box::writeRequest(out, parts);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(writeRequest);

void readResponse(benchmark::State& state) {
  const std::string response =
      "HTTP/1.1 202 Accepted\r\nServer: nginx\r\nDate: Thu, 26 Nov 2026 00:00:00 GMT\r\nContent-Type: "
      "application/json\r\n"
      "Content-Length: 88\r\nConnection: keep-alive\r\n\r\n"
      "{\"message\":\"Request is successful, please check the admin events for the status of the job\"}";
  const box::ResponseLimits limits;
  box::ResponseReader reader;
  for (auto _ : state) {
    reader.start(limits);
    benchmark::DoNotOptimize(reader.feed(response));
    benchmark::DoNotOptimize(reader.takeBody());
  }
}
BENCHMARK(readResponse);

void leaseAndGiveBack(benchmark::State& state) {
  box::PoolCore<std::unique_ptr<int>> core({8, 8, 0});
  std::unique_ptr<int> item, surplus;
  core.acquire(false, item);
  core.release(std::make_unique<int>(1), {}, surplus);
  for (auto _ : state) {
    core.acquire(false, item);
    benchmark::DoNotOptimize(core.release(std::move(item), {}, surplus));
  }
}
BENCHMARK(leaseAndGiveBack);

void decideOnRetry(benchmark::State& state) {
  const box::NetworkSession session;
  const box::RetryRules rules{session.retryPolicy(), session.backoffPolicy(), session.retryBudget(), session.random()};
  const auto now = std::chrono::steady_clock::now();
  box::AttemptOutcome outcome;
  outcome.kind = box::FailureKind::throttle;
  for (auto _ : state) {
    box::RetryState retry(rules, now + std::chrono::minutes(2));
    benchmark::DoNotOptimize(retry.next(outcome, now));
  }
}
BENCHMARK(decideOnRetry);

}  // namespace

BENCHMARK_MAIN();

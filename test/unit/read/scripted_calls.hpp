#pragma once

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include "box/auth/developer_token.hpp"
#include "box/error.hpp"
#include "box/network/network_client.hpp"
#include "box/network/session.hpp"
#include "box/read/events.hpp"
#include "box/read/groups.hpp"
#include "box/read/users.hpp"

namespace box::test {

/// Gives the answers of a list one by one, and keeps the requests.
class Scripted : public NetworkClient {
 public:
  struct Answer {
    std::string body;
    std::optional<Errc> failure;
    std::string requestId{};       // empty: no such header
    Phase phase = Phase::prepare;  // of the failure
  };

  asio::awaitable<FetchResponse> fetch(NetworkRequest request) override {
    asked.push_back(request.operation->method + " " + request.operation->path +
                    (request.query.empty() ? "" : "?" + request.query));
    shownPath = request.operation->shownPath;
    idempotent = request.operation->idempotency == Idempotency::idempotent && request.operation->answerInBody;
    Answer answer;
    if (!answers.empty()) {
      answer = std::move(answers.front());
      answers.pop_front();
    }
    return give(std::move(answer), asked.size(), date, whenAnswered);
  }

  void add(std::string body, std::string requestId = "") {
    answers.push_back(Answer{std::move(body), std::nullopt, std::move(requestId)});
  }
  void fail(Errc code, Phase phase = Phase::prepare) { answers.push_back(Answer{"", code, "", phase}); }

  std::deque<Answer> answers;
  std::vector<std::string> asked;
  std::string shownPath;  // of the last request
  bool idempotent = false;
  std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  std::function<void()> whenAnswered;

 private:
  static asio::awaitable<FetchResponse> give(Answer answer, std::size_t call, std::string date,
                                             std::function<void()> whenAnswered) {
    if (whenAnswered) {
      // co_spawn throws if its coroutine is cancelled before it has waited for anything.
      co_await asio::post(asio::use_awaitable);
      whenAnswered();
    }
    if (answer.failure) {
      ErrorDetails details;
      details.context = "scripted";
      details.phase = answer.phase;
      throw BoxSdkError(make_error_code(*answer.failure), std::move(details));
    }
    FetchResponse response;
    response.call = call;
    response.statusCode = 200;
    response.body = std::move(answer.body);
    response.headers.append("Date", date);
    if (!answer.requestId.empty()) response.headers.append("box-request-id", answer.requestId);
    co_return response;
  }
};

/// Runs calls that get their answers from a list.
class ScriptedCalls : public testing::Test {
 protected:
  template <class T>
  std::optional<T> await(asio::awaitable<T> call) {
    std::optional<T> value;
    failure.reset();
    asio::io_context io;
    asio::co_spawn(io, tryAwait(std::move(call)), [&](std::exception_ptr thrown, CallResult<T> result) {
      if (thrown) std::rethrow_exception(thrown);
      if (result) {
        value = *std::move(result);
      } else {
        failure = result.error();
      }
    });
    io.run();
    return value;
  }
  std::string refusal() const {
    return failure ? failure->operation() + ": " + failure->details().context : "no failure";
  }

  std::shared_ptr<Scripted> box = std::make_shared<Scripted>();
  std::shared_ptr<Authentication> auth = std::make_shared<BoxDeveloperTokenAuth>(Secret("a-developer-token"));
  const UsersManager users{auth, NetworkSession(), box};
  const GroupsManager groups{auth, NetworkSession(), box};
  const MembershipsManager memberships{auth, NetworkSession(), box};
  const EventsManager events{auth, NetworkSession(), box};
  std::optional<BoxSdkError> failure;
};

}  // namespace box::test

// libcurl's multi interface with its own poll, as its manual shows it, with easy handles that are reused.
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <curl/curl.h>

#include "support/load.hpp"

using namespace box::bench;

namespace {

using Mode = Arguments::Connections;

struct Worker {
  CURL* easy = nullptr;
  std::string answer;
  Load::Clock::time_point began;
};

std::size_t receive(char* data, std::size_t size, std::size_t count, void* worker) {
  static_cast<Worker*>(worker)->answer.append(data, size * count);
  return size * count;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = Arguments::parse(argc, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Load load(arguments);
  CURLM* multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(arguments.connections));
  const std::string url = arguments.origin() + "/2.0/users/terminate_sessions";
  const std::string body = requestBody(arguments.ids);
  curl_slist* headers = curl_slist_append(nullptr, (std::string("Authorization: Bearer ") + token).c_str());
  for (const char* header : {"Content-Type: application/json", "Accept: application/json", "Expect:"}) {
    headers = curl_slist_append(headers, header);
  }
  std::vector<std::unique_ptr<Worker>> workers;
  std::size_t busy = 0;
  const auto begin = [&](Worker& worker) {
    if (!load.take()) return;
    worker.began = Load::Clock::now();
    worker.answer.clear();
    curl_multi_add_handle(multi, worker.easy);
    ++busy;
  };
  for (std::size_t i = 0; i < arguments.inFlight; ++i) {
    Worker& worker = *workers.emplace_back(std::make_unique<Worker>());
    CURL* easy = worker.easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(easy, CURLOPT_CAINFO, arguments.caFile.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "libcurl");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30'000L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &worker);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &worker);
    if (arguments.mode != Mode::kept) curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    if (arguments.mode == Mode::full) curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    begin(worker);
  }
  while (busy > 0) {
    int running = 0;
    curl_multi_perform(multi, &running);
    int left = 0;
    bool more = false;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      if (message->data.result != CURLE_OK) Load::fail(curl_easy_strerror(message->data.result));
      Worker* worker = nullptr;
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &worker);
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      const boost::json::value answer = boost::json::parse(worker->answer);
      Load::check(static_cast<int>(status), boost::json::value_to<std::string>(answer.at("message")));
      load.complete(worker->began);
      curl_multi_remove_handle(multi, easy);
      --busy;
      begin(*worker);
      more = true;
    }
    if (busy > 0 && !more) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  for (const auto& worker : workers) curl_easy_cleanup(worker->easy);
  curl_multi_cleanup(multi);
  curl_slist_free_all(headers);
  load.report("libcurl multi");
}

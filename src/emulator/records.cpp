#include "records.hpp"

#include "http_text.hpp"

#include <chrono>
#include <optional>

namespace box::inline v0_1::emulator {
namespace {

/// The length to which a record shortens a `grant_type`.
constexpr std::size_t longestGrantType = 100;

template <typename Queue>
void trim(Queue& queue, std::size_t most) {
  if (most != 0 && queue.size() > most) queue.pop_front();
}

void setTime(RequestRecord& record) {
  record.time = std::chrono::system_clock::now();
  record.steadyTime = std::chrono::steady_clock::now();
}

}  // namespace

std::uint64_t EmulatorCounts::tokenRequestsOf(const std::string& grantType) const {
  const auto count = tokenRequestsByGrant.find(grantType);
  return count == tokenRequestsByGrant.end() ? 0 : count->second;
}

std::shared_ptr<RequestRecord> Records::begin(const RequestInfo& request) {
  auto record = std::make_shared<RequestRecord>();
  record->method = request.method;
  record->target = request.target;
  record->headers = request.headers;
  record->connection = request.connection;
  record->requestOnConnection = request.requestOnConnection;
  setTime(*record);
  requests_.push_back(record);
  trim(requests_, most_);
  ++counts_.requests;
  if (isTokenRequest(record->target)) ++counts_.tokenRequests;
  return record;
}

void Records::addBody(RequestRecord& record, const std::string& body) {
  record.bodySize = body.size();
  setTime(record);
  if (!isTokenRequest(record.target)) return;
  if (const std::optional<FormFields> form = parseForm(body)) {
    record.grantType = fieldOf(*form, "grant_type").substr(0, longestGrantType);
  }
  ++counts_.tokenRequestsByGrant[record.grantType];
}

void Records::add(AcceptedTermination& termination, const RequestRecord& record) {
  termination.sequence = ++sequence_;
  termination.connection = record.connection;
  termination.time = record.time;
  accepted_.push_back(termination);
  trim(accepted_, most_);
  ++counts_.acceptedTerminations;
}

std::vector<RequestRecord> Records::requests() const {
  std::vector<RequestRecord> records;
  records.reserve(requests_.size());
  for (const auto& record : requests_) records.push_back(*record);
  return records;
}

std::vector<AcceptedTermination> Records::accepted() const {
  return std::vector<AcceptedTermination>(accepted_.begin(), accepted_.end());
}

void Records::clear() {
  requests_.clear();
  accepted_.clear();
  const std::uint64_t open = counts_.openConnections;
  counts_ = EmulatorCounts();
  counts_.openConnections = open;
}

}  // namespace box::inline v0_1::emulator

#pragma once

#include <box/emulator/emulator.hpp>

#include "box_answers.hpp"
#include "http_text.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace box::inline v0_1::emulator {

/// Users, groups and memberships, and the calls that read them. Not thread-safe.
class BoxDirectory {
 public:
  BoxDirectory(const EmulatorOptions& options, BoxAnswers& answers);

  void set(EmulatorDirectory directory);

  /// The user with this id; a user who is not in the directory is invented from the id.
  [[nodiscard]] EmulatorUser userOf(const std::string& id) const;
  /// The id of the user with this login; empty where no user has it.
  [[nodiscard]] std::string idOf(const std::string& login) const;
  [[nodiscard]] std::vector<std::string> membersOf(const std::string& groupId) const;
  /// Describes one user, with the `fields` of the query.
  [[nodiscard]] BoxAnswer describe(const EmulatorUser& user, const BoxRequest& request);

  [[nodiscard]] BoxAnswer users(const BoxRequest& request);
  [[nodiscard]] BoxAnswer user(const BoxRequest& request, const std::string& id);
  [[nodiscard]] BoxAnswer groups(const BoxRequest& request);
  [[nodiscard]] BoxAnswer memberships(const BoxRequest& request, const std::string& groupId);

 private:
  /// The names in `fields`. No value: the query has no `fields`.
  using Fields = std::optional<std::set<std::string>>;

  [[nodiscard]] boost::json::object written(const EmulatorUser& user, const Fields& fields) const;
  [[nodiscard]] const EmulatorUser* find(const std::string& id) const;
  [[nodiscard]] std::vector<const EmulatorUser*> matching(const FormFields& query) const;
  [[nodiscard]] BoxAnswer usersByMarker(const FormFields& query, const std::vector<const EmulatorUser*>& found);

  const EmulatorOptions& options_;
  BoxAnswers& answers_;
  EmulatorDirectory directory_;
  std::unordered_map<std::string, const EmulatorUser*> byId_;  // only users of the directory
};

}  // namespace box::inline v0_1::emulator

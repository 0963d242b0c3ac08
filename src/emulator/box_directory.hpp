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

namespace box::emulator {

/// Users, groups and memberships, and the calls that read them. Not thread-safe.
class BoxDirectory {
 public:
  BoxDirectory(const EmulatorOptions& options, BoxAnswers& answers);

  void set(EmulatorDirectory directory);

  /// A user's own fields; one who is not in the directory is made up from the id.
  [[nodiscard]] EmulatorUser userOf(const std::string& id) const;
  /// Empty for a login that nobody has.
  [[nodiscard]] std::string idOf(const std::string& login) const;
  [[nodiscard]] std::vector<std::string> membersOf(const std::string& groupId) const;
  /// One user, with the `fields` of the query.
  [[nodiscard]] BoxAnswer describe(const EmulatorUser& user, const BoxRequest& request);

  [[nodiscard]] BoxAnswer users(const BoxRequest& request);
  [[nodiscard]] BoxAnswer user(const BoxRequest& request, const std::string& id);
  [[nodiscard]] BoxAnswer groups(const BoxRequest& request);
  [[nodiscard]] BoxAnswer memberships(const BoxRequest& request, const std::string& groupId);

 private:
  /// The names in `fields`; unset where the query has none.
  using Fields = std::optional<std::set<std::string>>;

  [[nodiscard]] boost::json::object written(const EmulatorUser& user, const Fields& fields) const;
  [[nodiscard]] const EmulatorUser* find(const std::string& id) const;
  [[nodiscard]] std::vector<const EmulatorUser*> matching(const FormFields& query) const;
  [[nodiscard]] BoxAnswer usersByMarker(const FormFields& query, const std::vector<const EmulatorUser*>& found);

  const EmulatorOptions& options_;
  BoxAnswers& answers_;
  EmulatorDirectory directory_;
  std::unordered_map<std::string, const EmulatorUser*> byId_;  // of the directory's users
};

}  // namespace box::emulator

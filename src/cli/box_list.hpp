#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <box/client.hpp>
#include <box/error.hpp>
#include <box/read/user_source.hpp>

#include "cli/arguments.hpp"

namespace box::cli {

/// Box did not list the users of a selection; what() says why.
class BoxListError : public std::runtime_error {
 public:
  BoxListError(const std::string& what, std::string remedy, BoxSdkError failure)
      : std::runtime_error(what), remedy_(std::move(remedy)), failure_(std::move(failure)) {}

  const std::string& remedy() const noexcept { return remedy_; }  ///< may be empty
  const BoxSdkError& failure() const noexcept { return failure_; }

 private:
  std::string remedy_;
  BoxSdkError failure_;
};

/// The users whom Box lists for a selection.
class BoxList {
 public:
  /// `option`: the option that names the groups, for messages.
  BoxList(BoxClient client, SelectionArguments selection, std::string option);

  /// Finds the groups and gives each of their users to `onUser`, in Box's order, also those who are marked as left out.
  /// The object must live until the call ends. *Errors*: BoxListError.
  asio::awaitable<void> read(std::function<void(ListedUser)> onUser);

  /// "the members of group 'Sales' (id 777)", fit for a terminal. Before read() has found the groups, the text names
  /// them as the operator did.
  std::string words() const;

 private:
  asio::awaitable<void> findGroups();
  asio::awaitable<void> explainGroup(const std::string& name, const BoxSdkError& error);
  [[noreturn]] void fail(const BoxSdkError& error) const;

  BoxClient client_;
  const SelectionArguments arguments_;
  const std::string option_;
  std::vector<GroupFull> groups_;
  std::optional<UserSource> source_;
};

/// "the managed users of domain 'example.com'", as BoxList::words(). `groups`: those that were found so far.
std::string selectionInWords(const SelectionArguments& selection, std::span<const GroupFull> groups);

/// Says why a name does not mean exactly one group, and which groups have similar names. `found`: groups whose names
/// begin with it.
std::string groupQuestion(std::string_view option, std::string_view name, std::span<const GroupFull> found);

}  // namespace box::cli

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

struct BulkPast;

/// Whose sessions a bulk run ends.
enum class BulkTarget : std::uint8_t {
  users,   ///< those of the users whom the entries name
  groups,  ///< those of all members of the groups that the entries name
};

/// The state of an entry. Every entry that is read ends in exactly one of these.
enum class BulkState : std::uint8_t {
  accepted,   ///< Box answered 202: its job will run
  rejected,   ///< Box refused this very entry
  invalid,    ///< not a valid id or login: it cannot be sent
  duplicate,  ///< the same as an earlier entry, in upper or lower case; it shares the result of that entry
  inDoubt,    ///< sent, and it is not known whether Box accepted it
  notSent,    ///< not sent, or certainly not carried out; a later run may send it
  /// The run was not to send it, because of BulkEntry::skip; in earlier runs it was never sent, or only in calls that
  /// Box has certainly not carried out.
  leftOut,
};
/// The enumerator's name, "inDoubt".
BOX_API std::string_view toString(BulkState state) noexcept;

/// One entry as a source gives it.
struct BulkEntry {
  std::string value;       ///< users: an id, or a login (with an @); groups: an id. Blanks around it are not removed
  std::uint64_t line = 0;  ///< its line in a file, for the report; 0: unknown
  std::string fault;       ///< why it cannot be sent, if the source itself knows that; empty: it may be sent
  /// Why this run does not send it, as a text that lives as long as the run; null: the run sends it. The entry keeps
  /// the state that it has in the journal.
  const char* skip = nullptr;
};

/// The final state of one entry. Its views are valid only during the call that receives the row.
struct BOX_API BulkRow {
  std::uint64_t index = 0;               ///< the entry's place in the list, from 0
  std::uint64_t line = 0;                ///< as the source gave it; 0: not given
  std::string_view value;                ///< the entry as the source gave it
  BulkState state = BulkState::notSent;  ///< the final state
  int status = 0;                        ///< the HTTP status; 0: none
  std::string_view code;                 ///< Box's own code ("not_found"); empty: none
  std::string_view message;    ///< why the entry has this state, in one line; a server's text in it is sanitized
  std::string_view requestId;  ///< Box's header box-request-id; empty: none
  std::uint64_t call = 0;      ///< the number of the call that decided the state; 0: no call of this run did
  std::optional<std::uint64_t> original;  ///< for a duplicate: the index of the entry that it repeats
  bool fromJournal = false;               ///< whether the state is the result of an earlier run

  /// Takes state, status, code, message and request id from an earlier run. `past` must live as long as the row is
  /// used.
  void take(const BulkPast& past) noexcept;
};

/// How many entries are in which state.
struct BOX_API BulkCounts {
  /// @{
  /// How many entries are in the state of this name.
  std::uint64_t accepted = 0, rejected = 0, invalid = 0, duplicate = 0, inDoubt = 0, notSent = 0, leftOut = 0;
  /// @}
  /// How many entries there are in all states together.
  std::uint64_t total() const noexcept {
    return accepted + rejected + invalid + duplicate + inDoubt + notSent + leftOut;
  }
  /// Counts one more entry in this state.
  void add(BulkState state) noexcept;
};

/// Checks the entries of a list in order: which can be sent, and which are duplicates. A run uses it too, so that a
/// count made with it before the run is the same as that of the run. Logins that differ only in the case of ASCII
/// letters are duplicates.
///
/// *Memory*: at most 100 bytes per entry, however long the entries are.
class BOX_API BulkChecker {
 public:
  /// What is known of one entry.
  struct Finding {
    std::uint64_t index = 0;                ///< the entry's place in the list, from 0
    std::string invalid;                    ///< why it cannot be sent; empty: it can
    std::optional<std::uint64_t> original;  ///< the index of the entry that it repeats

    /// Whether it is valid and not a duplicate.
    bool canBeSent() const noexcept { return invalid.empty() && !original; }
  };

  /// `target`: what the entries name.
  explicit BulkChecker(BulkTarget target);
  ~BulkChecker();
  /// @{
  /// An object that was moved from may only be destroyed or assigned to.
  BulkChecker(BulkChecker&&) noexcept;
  BulkChecker& operator=(BulkChecker&&) noexcept;
  /// @}

  /// Checks the next entry of the list. A fault that its source has found (BulkEntry::fault) has precedence.
  Finding check(const BulkEntry& entry);
  /// How many entries were checked so far.
  std::uint64_t count() const noexcept { return count_; }

 private:
  class Seen;
  BulkTarget target_;
  std::uint64_t count_ = 0;
  std::unique_ptr<Seen> seen_;
};

/// The row of an entry before a run sends it: invalid; a duplicate; in the state that it has from an earlier run;
/// leftOut; or notSent. Its views refer to the arguments.
BOX_API BulkRow rowOf(const BulkChecker::Finding& finding, const BulkEntry& entry,
                      const std::optional<BulkPast>& past) noexcept;

}  // namespace box::inline v0_1

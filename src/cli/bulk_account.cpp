#include "cli/bulk_account.hpp"

#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr const char* idNote = "account";
constexpr const char* nameNote = "account-name";
constexpr const char* enterpriseNote = "enterprise";
constexpr const char* unknownNote = "account-not-known";  // and why

/// A developer token and a person who signed in have the same subject whoever they are.
bool namesTheAccount(const std::string& subject) { return subject.starts_with("ccg ") || subject.starts_with("jwt "); }

[[noreturn]] void refuse(const std::string& journal, const std::string& then, const std::string& now) {
  throw JournalError(JournalError::Kind::mismatch, "journal '" + printable(journal) + "': it was begun by " + then +
                                                       ", and these credentials are of " + now +
                                                       ". Use the same account, or begin a new journal");
}

bool isSameUser(const JournalContents& contents, const Identity& identity) {
  const std::string enterprise = contents.note(enterpriseNote);
  const bool isElsewhere = !enterprise.empty() && !identity.enterpriseId.empty() && enterprise != identity.enterpriseId;
  return contents.note(idNote) == identity.id && !isElsewhere;
}

}  // namespace

void BulkAccount::note(JournalHeader& header) const {
  if (!identity) {
    header.notes.emplace_back(unknownNote, failure ? inOptionWords(*failure) : "Box was not asked");
    return;
  }
  header.notes.emplace_back(idNote, identity->id);
  header.notes.emplace_back(nameNote, inWords(*identity));
  if (!identity->enterpriseId.empty()) header.notes.emplace_back(enterpriseNote, identity->enterpriseId);
}

AccountCheck BulkAccount::check(const std::string& journal, const JournalContents& contents) const {
  const bool isKnownThen = !contents.note(idNote).empty();
  if (isKnownThen && identity) {
    if (!isSameUser(contents, *identity)) refuse(journal, accountIn(contents), inWords(*identity));
    return AccountCheck::same;
  }
  const std::string& subjectThen = contents.header().binding.subject;
  if (subject != subjectThen) refuse(journal, "'" + printable(subjectThen) + "'", "'" + printable(subject) + "'");
  if (namesTheAccount(subject)) return AccountCheck::same;
  return isKnownThen ? AccountCheck::unknownToday : AccountCheck::unknownThen;
}

std::string accountIn(const JournalContents& contents) { return printable(contents.note(nameNote)); }

}  // namespace box::cli

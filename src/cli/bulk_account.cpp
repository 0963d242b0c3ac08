#include "cli/bulk_account.hpp"

#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr const char* idNote = "account";
constexpr const char* nameNote = "account-name";

/// A developer token and a person who signed in have the same subject whoever they are.
bool namesTheAccount(const std::string& subject) { return subject.starts_with("ccg ") || subject.starts_with("jwt "); }

[[noreturn]] void refuse(const std::string& journal, const std::string& then, const std::string& now) {
  throw JournalError(JournalError::Kind::mismatch, "journal '" + printable(journal) + "': it was begun by " + then +
                                                       ", and these credentials are of " + now +
                                                       ". Use the same account, or begin a new journal");
}

}  // namespace

void BulkAccount::note(JournalHeader& header) const {
  if (!identity) return;
  header.notes.emplace_back(idNote, identity->id);
  header.notes.emplace_back(nameNote, inWords(*identity));
}

std::string BulkAccount::subjectIn(const std::string& journal, const JournalContents& contents) const {
  const std::string then = contents.note(idNote);
  const std::string& subjectThen = contents.header().binding.subject;
  if (!then.empty() && identity) {
    if (then != identity->id) refuse(journal, printable(contents.note(nameNote)), inWords(*identity));
    return subjectThen;
  }
  if (subject != subjectThen) refuse(journal, "'" + printable(subjectThen) + "'", "'" + printable(subject) + "'");
  return subject;
}

bool BulkAccount::isUncertain(const JournalContents& contents) const {
  return !namesTheAccount(subject) && (!identity || contents.note(idNote).empty());
}

}  // namespace box::cli

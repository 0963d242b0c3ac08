#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/draft.hpp"

/// The options in groups, and what each group comes to. *Errors*, of all that read a draft: UsageError where what was
/// given does not go together.
namespace box::cli {

/// credentials.cpp: how to authenticate.
Section credentialSection();
/// Those of login, which knows one way only.
std::vector<Option> loginCredentialOptions();
CredentialArguments credentialsIn(const Draft& draft);

/// connection.cpp: where Box is, by which way it is reached, and for how long it is asked.
Section connectionSection();
/// Of a run over a list, whose limit is runTimeout().
Section routeSection();
Option runTimeout();
ConnectionArguments connectionIn(const Draft& draft);

/// lists.cpp: which entries, in which portions, and where their state is kept.
Section usersListSection();
Section groupsListSection();
Section resumeListSection();
Section reportSection();
Section paceSection();
/// *Errors*: also UsageError where the journal is no file.
BulkArguments bulkIn(const Draft& draft, std::optional<std::string> journal);
ReportArguments reportIn(const Draft& draft, std::string journal);

/// selection.cpp: whom Box lists.
Section selectionSection();
Section listSection();
/// In place of the list of a run, or nobody. *Errors*: also UsageError where there is another list.
SelectionArguments selectionIn(const Draft& draft);
ListArguments listIn(const Draft& draft);

/// run.cpp: how a run goes and what it prints.
Section howSection();
/// Without --as-user, which stands beside its list.
Section resumeHowSection();
Section outputSection();
TerminateArguments usersIn(const Draft& draft);
TerminateArguments groupsIn(const Draft& draft);
ResumeArguments resumeIn(const Draft& draft);
/// The one journal among the operands.
std::string journalIn(const Draft& draft, std::string_view command);
/// Standard input gives one of the lists and secrets at most: `count` of them want it.
void requireOneReader(std::ptrdiff_t count);

/// follow.cpp: what is seen of the people after a run.
Option followOption();
Section followSection();
FollowArguments followIn(const Draft& draft);

/// login.cpp
Section loginSection();
LoginArguments loginIn(const Draft& draft);
AuthCheckArguments authCheckIn(const Draft& draft);

/// emulator.cpp
Section emulatorSection();
EmulatorArguments emulatorIn(const Draft& draft);

}  // namespace box::cli

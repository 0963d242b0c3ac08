#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/draft.hpp"

/// The options in groups, and functions that make arguments of a draft. *Errors* of each such function: UsageError
/// where the options cannot be combined.
namespace box::cli {

/// credentials.cpp: how to authenticate.
Section credentialSection();
/// The options of `login`, which has only one way to authenticate.
std::vector<Option> loginCredentialOptions();
CredentialArguments credentialsIn(const Draft& draft);

/// connection.cpp: where Box is, how it is reached, and how long calls may take.
Section connectionSection();
/// As above for a run over a list, whose time limit is runTimeout() instead.
Section routeSection();
Option runTimeout();
ConnectionArguments connectionIn(const Draft& draft);
/// What all commands that call Box have in common. *Errors*: also UsageError where more than one list or secret is to
/// be read from standard input.
CallArguments callIn(const Draft& draft);
void requireOneReader(const Draft& draft);

/// lists.cpp: which entries, in batches of which size, and where their states are kept.
Section usersListSection();
Section groupsListSection();
Section resumeListSection();
Section reportSection();
Section paceSection();
/// *Errors*: also UsageError where `journal` cannot be a file.
BulkArguments bulkIn(const Draft& draft, std::optional<std::string> journal);
ReportArguments reportIn(const Draft& draft);

/// selection.cpp: the users whom Box lists.
Section selectionSection();
Section listSection();
/// The selection in place of a list; empty where none is given. *Errors*: also UsageError where a list is given too.
SelectionArguments selectionIn(const Draft& draft);
ListArguments listIn(const Draft& draft);

/// run.cpp: how a run goes and what it prints.
Section howSection();
/// Without --as-user, which `resume` shows with its list.
Section resumeHowSection();
Section outputSection();
/// The file to which a command appends what it says.
Option logOption();
TerminateArguments usersIn(const Draft& draft);
TerminateArguments groupsIn(const Draft& draft);
ResumeArguments resumeIn(const Draft& draft);
/// The journal, which must be the only operand.
std::string journalIn(const Draft& draft, std::string_view command);

/// follow.cpp: how the people are followed after a run.
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

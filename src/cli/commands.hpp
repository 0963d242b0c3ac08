#pragma once

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/secrets.hpp"

namespace box::cli {

/// `box-sessions users` and `groups`. `environment` is used for what the arguments do not name. *Errors*: UsageError,
/// FileError, JournalError, BoxSdkError where a setting cannot be used: nothing was sent then. OutputLost, also later.
Exit runTerminate(const TerminateArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions resume`. *Errors*: as above.
Exit runResume(const ResumeArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions list`: the users whom Box lists, as a file for `users --file`. *Errors*: as above.
Exit runList(const ListArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions follow`. *Errors*: as above.
Exit runFollow(const FollowArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions report`. *Errors*: FileError, JournalError, OutputLost.
Exit runReport(const ReportArguments& arguments, const Console& console);

/// `box-sessions login`: a person authorises the app in a browser, and the tokens are stored. *Errors*: as above.
Exit runLogin(const LoginArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions auth check`: shows to which user the credentials belong. *Errors*: as above.
Exit runAuthCheck(const AuthCheckArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions emulator`: serves until a signal arrives. *Errors*: FileError, OutputLost, std::system_error.
Exit runEmulator(const EmulatorArguments& arguments, const Console& console);

}  // namespace box::cli

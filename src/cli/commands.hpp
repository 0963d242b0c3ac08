#pragma once

#include "cli/arguments.hpp"
#include "cli/console.hpp"
#include "cli/secrets.hpp"

namespace box::cli {

/// `box-sessions users` and `groups`. `environment`: counts where the arguments name nothing else.
/// *Errors*: UsageError, FileError, JournalError, BoxSdkError (a setting is unusable): nothing was sent then.
Exit runTerminate(const TerminateArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions resume`. *Errors*: as above.
Exit runResume(const ResumeArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions list`: whom Box knows, as a list for `users --file`. *Errors*: as above, and OutputLost.
Exit runList(const ListArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions follow`. *Errors*: as above.
Exit runFollow(const FollowArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions report`. *Errors*: FileError, JournalError, OutputLost.
Exit runReport(const ReportArguments& arguments, const Console& console);

/// `box-sessions login`: a person lets the app in, and the tokens are kept. *Errors*: as above.
Exit runLogin(const LoginArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions auth check`: who one is for Box. *Errors*: as above.
Exit runAuthCheck(const AuthCheckArguments& arguments, const Environment& environment, const Console& console);

/// `box-sessions emulator`: serves until a signal. *Errors*: FileError, OutputLost, std::system_error.
Exit runEmulator(const EmulatorArguments& arguments, const Console& console);

}  // namespace box::cli

#pragma once

#include <string>
#include <string_view>

namespace box::cli {

/// The user's own folder, $HOME; empty where that is no absolute path.
std::string homeFolder();

/// Where the user's files of one kind are: what `variable` says, such as XDG_STATE_HOME, otherwise `below` the user's
/// own folder, such as ".local/state". Empty where neither variable has an absolute path.
std::string folderOf(const char* variable, std::string_view below);

}  // namespace box::cli

#pragma once

#include <string>
#include <string_view>

namespace box::cli {

/// The user's home folder, $HOME; empty unless that is an absolute path.
std::string homeFolder();

/// The folder for one kind of the user's files: the value of `variable`, such as XDG_STATE_HOME, or without it `below`,
/// such as ".local/state", in the home folder. Empty if neither variable has an absolute path.
std::string folderOf(const char* variable, std::string_view below);

}  // namespace box::cli

#pragma once

#include <memory>
#include <span>
#include <string>

#include "cli/entries.hpp"
#include "cli/list/exclusions.hpp"

namespace box::cli {

/// Reads the lists of users who must stay, which --exclude names. Null: `files` is empty. *Errors*: FileError, also
/// where an entry is invalid, because a typing error must not sign anybody out.
std::shared_ptr<Exclusions> readExclusions(Target target, std::span<const std::string> files);

}  // namespace box::cli

#pragma once

#include <memory>
#include <span>
#include <string>

#include "cli/entries.hpp"
#include "cli/list/exclusions.hpp"

namespace box::cli {

/// Who must stay, from the lists that `option` names. Null: there are no files. *Errors*: FileError, also where an
/// entry cannot be understood: nobody may be signed out because of a typing error.
std::shared_ptr<Exclusions> readExclusions(Target target, std::span<const std::string> files,
                                           const std::string& option = "--exclude");

}  // namespace box::cli

#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "cli/arguments.hpp"
#include "cli/box_list.hpp"
#include "cli/console.hpp"
#include "cli/entries.hpp"
#include "cli/identity.hpp"
#include "cli/list_reader.hpp"

namespace box::cli {

/// The entries of arguments, standard input, pipes and several files as one list, which can be read again: CSV with a
/// row for each entry, in order. An entry that cannot be sent has a row without id and login, which says why.
struct GatheredList {
  std::string text;
  InputFaults faults{};              ///< by the places where the operator gave the entries
  std::string halt{};                ///< not empty: the rest cannot be understood from here on, and is not in the text
  std::vector<std::string> notes{};  ///< what an operator has to know of how it was read
  std::string columns{};             ///< that were read of the last file; empty: it is no CSV
};

/// Whether the arguments name one regular file and no other entries, of which nobody is left out: then it is read where
/// it is.
bool isOneFile(const TerminateArguments& arguments);

/// Reads all that the arguments name. *Errors*: FileError, also where it is more than memory should hold.
GatheredList gather(const TerminateArguments& arguments, const ListOptions& options, const Console& console);

/// The users whom Box lists, in place of all that. `identity`: of the credentials, where it is known. *Errors*: as
/// above, and BoxListError. None: interrupted.
std::optional<GatheredList> gatherFromBox(const TerminateArguments& arguments, const ListOptions& options, BoxList& box,
                                          asio::io_context& context, const std::optional<Identity>& identity,
                                          const Console& console);

/// "standard input", "'a.csv'", "3 arguments and 2 files": for a message.
std::string sourceOf(const TerminateArguments& arguments);

}  // namespace box::cli

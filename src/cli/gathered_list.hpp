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
#include "cli/list_parser.hpp"

namespace box::cli {

/// What the operator should know about how a list was read.
struct ListReading {
  InputFaults faults{};  ///< with the places where the operator gave the entries
  std::string halt{};    ///< not empty: why the list was not read to its end
  /// The columns that were read, "column 'login'", or "'a.csv' by column 'login'" and so on for each file where
  /// they differ; empty: no file is CSV.
  std::string columns{};
  std::vector<std::string> excludeColumns{};  ///< the same of the files of --exclude, one line for each
  std::vector<std::string> notes{};
  std::vector<std::string> unmatched{};  ///< those notes about entries of --exclude that are not in the list
  std::vector<std::string> leftOut{};    ///< who is left out, one line for each option that is the reason
};

/// The entries of arguments, standard input, pipes and several files, as one list that can be read again: CSV with one
/// row for each entry, in order, and then one for each user who is left out. A row has the entry's line where the list
/// is one file. The row of an invalid entry says what is wrong.
struct GatheredList {
  std::string text;
  ListReading reading{};
};

/// Whether the arguments name one regular file, no other entries, and nobody to leave out. Such a file is not gathered
/// but read where it is.
bool isOneFile(const TerminateArguments& arguments);

/// Reads everything that the arguments name. *Errors*: FileError, also where the list would take too much memory.
GatheredList gather(const TerminateArguments& arguments, const ListOptions& options, const Console& console);

/// Reads the users whom Box lists, instead of files and arguments. `identity`: whose the credentials are, where that is
/// known. *Errors*: as gather(), and BoxListError. No value: the operator interrupted it.
std::optional<GatheredList> gatherFromBox(const TerminateArguments& arguments, const ListOptions& options, BoxList& box,
                                          asio::io_context& context, const std::optional<Identity>& identity,
                                          const Console& console);

/// The list's name in a message: "standard input", "'a.csv'", "3 arguments and 2 files".
std::string sourceOf(const TerminateArguments& arguments);

}  // namespace box::cli

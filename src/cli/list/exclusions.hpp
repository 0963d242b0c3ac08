#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace box::cli {

/// In a list that the program keeps, the column `problem` of somebody who is left out begins with this.
inline constexpr std::string_view leftOutBecauseOf = "left out because of ";
inline constexpr const char* leftOutByExclude = "left out because of --exclude";

/// The users who must stay signed in although a list may name them.
class Exclusions {
 public:
  /// Adds a user, and says by which file; an empty text: not by a file. Either name may be empty. Logins are compared
  /// without regard to case. `others`: further ids and logins of which each may be the user's.
  void add(std::string_view id, std::string_view login, std::string_view file = {},
           std::span<const std::string_view> others = {});

  /// Keeps what the operator should know about how a file was read.
  void addNote(std::string note) { columnNotes_.push_back(std::move(note)); }

  /// Keeps by which columns a file was read.
  void addColumns(std::string columns) { columns_.push_back(std::move(columns)); }
  /// One line for each file of CSV.
  const std::vector<std::string>& columns() const noexcept { return columns_; }

  enum class Answer {
    mayGo,
    mustStay,
    unknown,  ///< undecidable: somebody to exclude has only a login and the user only an id, or the reverse
  };
  /// Asks about the user with these names, and remembers that they were asked about. Either text may be empty.
  Answer ask(std::string_view id, std::string_view login);
  std::size_t size() const noexcept { return entries_.size(); }

  /// A user who must stay and was asked about: the login, or the id where no login is known.
  struct LeftOut {
    std::string name;
    std::string_view option;  ///< which names the user
  };
  /// In the order in which they were asked about, each once.
  const std::vector<LeftOut>& leftOut() const noexcept { return leftOut_; }
  /// The same in words, a line for each option. `all`: every name, otherwise the first few.
  std::vector<std::string> leftOutNotes(bool all) const;

  /// What the operator should know where ask() was called for a whole list: the notes, and how many entries of a file
  /// are not in it, because they may be misspelt. One line for each such file.
  std::vector<std::string> notes() const;
  /// Those of the notes that are about entries which are not in the list.
  std::vector<std::string> unmatched() const;

 private:
  struct Name {
    bool isAsked = false;   // whether somebody with this name was asked about
    bool isOfFile = false;  // whether a file has it
  };
  using Names = std::unordered_map<std::string, Name>;
  struct Entry {
    std::vector<const Names::value_type*> names;
    std::size_t file;
    std::string given;  // the login, or the id where there is no login, as the file has it
  };

  Names ids_, logins_;
  std::vector<std::string> files_, columns_, columnNotes_;
  std::vector<Entry> entries_;
  std::vector<LeftOut> leftOut_;
  bool hasIdOnly_ = false, hasLoginOnly_ = false;
};

}  // namespace box::cli

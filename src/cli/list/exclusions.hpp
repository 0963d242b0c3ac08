#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace box::cli {

/// The users who must stay signed in although a list may name them.
class Exclusions {
 public:
  /// Adds a user, and says by which file; an empty text: not by a file. Either name may be empty. Logins are compared
  /// without regard to case.
  void add(std::string_view id, std::string_view login, std::string_view file = {});

  /// Keeps what the operator should know about how a file was read.
  void addNote(std::string note) { columnNotes_.push_back(std::move(note)); }

  enum class Answer {
    mayGo,
    mustStay,
    unknown,  ///< undecidable: the exclusion has only a login and the user only an id, or the reverse
  };
  /// Asks about the user with these names, and remembers that they were asked about. Either text may be empty.
  Answer ask(std::string_view id, std::string_view login);
  std::size_t size() const noexcept { return entries_.size(); }
  /// The option because of which a user must stay, for messages.
  std::string_view optionFor(std::string_view id, std::string_view login) const;

  /// The options that named users, for messages.
  std::string option() const;
  /// What the operator should know where ask() was called for a whole list: the notes, and how many entries of a file
  /// are not in it, because they may be misspelt. One line for each such file.
  std::vector<std::string> notes() const;
  /// Those of the notes that are about files of which no entry is in the list. Such a file is probably wrong.
  std::vector<std::string> unmatchedFiles() const;

 private:
  struct Name {
    bool isAsked = false;   // whether somebody with this name was asked about
    bool isOfFile = false;  // whether a file has it
  };
  using Names = std::unordered_map<std::string, Name>;
  struct Entry {
    const Names::value_type* id;  // null: the entry has no id; likewise `login`
    const Names::value_type* login;
    std::size_t file;
  };

  struct Missing {
    std::string note;
    bool isWholeFile = false;
  };
  std::vector<Missing> missing() const;

  Names ids_, logins_;
  std::vector<std::string> files_, columnNotes_;
  std::vector<Entry> entries_;
  bool hasIdOnly_ = false, hasLoginOnly_ = false;
};

}  // namespace box::cli

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "box/bulk/file_journal.hpp"
#include "system/owned_file.hpp"

namespace box::inline v0_1 {

/// The file of a journal, open. create() and open() lock it; all functions but lookAtCopy() require that only its owner
/// may use it. Tests override its writes and syncs to make them fail.
class JournalFile {
 public:
  /// Creates a file with this first line. The file must not exist yet; a file that could not be completed is removed.
  /// OwnedFile checks the file. *Errors* of all functions: JournalError.
  static std::unique_ptr<JournalFile> create(const std::string& path, std::string_view firstLine);
  /// Opens an existing file to continue it.
  static std::unique_ptr<JournalFile> open(const std::string& path);
  /// Opens the file to read it, without a lock.
  static std::unique_ptr<JournalFile> look(const std::string& path);
  /// As look(), but the file may belong to any user.
  static std::unique_ptr<JournalFile> lookAtCopy(const std::string& path);

  JournalFile(std::string path, Descriptor file) noexcept : path_(std::move(path)), file_(std::move(file)) {}
  virtual ~JournalFile() = default;
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;

  const std::string& path() const noexcept { return path_; }
  /// Reads the whole file and passes it to `take`, piece by piece.
  void read(const std::function<void(std::string_view)>& take) const;
  /// Cuts the file to this size, and makes that durable.
  void cut(std::uint64_t size);
  /// Appends the whole text.
  void append(std::string_view text);
  /// Makes the appended text durable. Blocks.
  void sync();

 protected:
  /// The same as Descriptor::write() and syncContent().
  virtual std::ptrdiff_t doWrite(const char* bytes, std::size_t count) noexcept;
  virtual int doSync() noexcept;

 private:
  std::string path_;
  Descriptor file_;
  int syncError_ = 0;  // of the first sync that failed; 0: none has failed
};

/// Makes a journal that uses the file. `clock`: as for FileJournal::create().
std::shared_ptr<FileJournal> journalOn(std::unique_ptr<JournalFile> file, JournalContents contents,
                                       JournalOptions options, std::shared_ptr<const Clock> clock);
/// Reads the contents of the file.
JournalContents contentsOf(const JournalFile& file);

}  // namespace box::inline v0_1

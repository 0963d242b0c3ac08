#include "bulk/journal_file.hpp"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "box/error.hpp"
#include "system/owned_file.hpp"

namespace box::inline v0_1 {
namespace {

using Kind = JournalError::Kind;

std::string reason(int error) { return std::generic_category().message(error); }

[[noreturn]] void fail(Kind kind, const std::string& path, const std::string& why) {
  throw JournalError(kind, "journal " + quotedPath(path) + ": " + why);
}

/// Runs `work` on the file. Its errors name the journal.
template <class Work>
void onFile(const std::string& path, Work work) {
  std::string text;
  Kind kind = Kind::unusable;
  try {
    const OwnedFile file(path, OwnedFile::OwnGroup::mayWrite);
    work(file);
    return;
  } catch (const BoxSdkError& error) {
    text = "journal " + error.details().context;
    if (error.cause().value() == EEXIST) {
      text = "journal " + quotedPath(path) + ": it exists already: resume it, or choose another name";
    } else if (error.cause().value() == EWOULDBLOCK) {
      kind = Kind::locked;
      text = "journal " + quotedPath(path) + ": another run uses it: wait until it ends, or stop it";
    }
  }
  throw JournalError(kind, text);
}

}  // namespace

std::unique_ptr<JournalFile> JournalFile::create(const std::string& path, std::string_view firstLine) {
  Descriptor made;
  onFile(path, [&](const OwnedFile& file) { made = file.create(firstLine); });
  return std::make_unique<JournalFile>(path, std::move(made));
}

std::unique_ptr<JournalFile> JournalFile::open(const std::string& path) {
  Descriptor opened;
  onFile(path, [&](const OwnedFile& file) {
    opened = file.open(OwnedFile::Access::append);
    file.lock(opened);
  });
  return std::make_unique<JournalFile>(path, std::move(opened));
}

std::unique_ptr<JournalFile> JournalFile::look(const std::string& path) {
  Descriptor opened;
  onFile(path, [&](const OwnedFile& file) { opened = file.open(OwnedFile::Access::read); });
  return std::make_unique<JournalFile>(path, std::move(opened));
}

std::unique_ptr<JournalFile> JournalFile::lookAtCopy(const std::string& path) {
  Descriptor opened = Descriptor::openedToRead(path);
  if (!opened.isOpen()) fail(Kind::unusable, path, "it cannot be opened: " + reason(errno));
  if (!opened.isRegularFile()) fail(Kind::unusable, path, "it is not a regular file");
  return std::make_unique<JournalFile>(path, std::move(opened));
}

void JournalFile::read(const std::function<void(std::string_view)>& take) const {
  std::array<char, 64 * 1024> buffer{};
  for (std::uint64_t at = 0;;) {
    const std::ptrdiff_t count = persistently([&] { return file_.readAt(buffer.data(), buffer.size(), at); });
    if (count == 0) return;
    if (count < 0) fail(Kind::unusable, path_, reason(errno));
    take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    at += static_cast<std::uint64_t>(count);
  }
}

void JournalFile::cut(std::uint64_t size) {
  if (persistently([&] { return file_.resize(size); }) != 0 || persistently([&] { return file_.sync(); }) != 0) {
    fail(Kind::unusable, path_, "its last record, which is not complete, cannot be removed: " + reason(errno));
  }
}

void JournalFile::append(std::string_view text) {
  while (!text.empty()) {
    const std::ptrdiff_t written = persistently([&] { return doWrite(text.data(), text.size()); });
    if (written < 0) fail(Kind::lost, path_, "a record could not be written: " + reason(errno));
    if (written == 0) fail(Kind::lost, path_, "a record could not be written");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void JournalFile::sync() {
  // After a failed sync a later success proves nothing: the system reports a failure once, and may have dropped the
  // data that it could not write.
  if (syncError_ == 0 && persistently([this] { return doSync(); }) != 0) syncError_ = errno;
  if (syncError_ != 0) fail(Kind::lost, path_, "the records could not be made durable: " + reason(syncError_));
}

std::ptrdiff_t JournalFile::doWrite(const char* bytes, std::size_t count) noexcept { return file_.write(bytes, count); }

int JournalFile::doSync() noexcept { return file_.syncContent(); }

}  // namespace box::inline v0_1

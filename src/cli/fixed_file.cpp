#include "cli/fixed_file.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "cli/system/descriptors.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

const std::string& regular(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(filePath(path), ignored);
  const bool isOther = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  if (path == "-" || isInherited(path) || isOther) {
    throw FileError((path == "-" ? std::string("standard input") : "'" + printable(path) + "'") +
                    " can be read once only, and a run with a journal reads its list again: give a regular file");
  }
  return path;
}

}  // namespace

FixedFile::FixedFile(const std::string& path) {
  input_.emplace(regular(path));
  name_ = input_->name();
}

FixedFile::FixedFile(std::string name, std::string content) : name_(std::move(name)), content_(std::move(content)) {}

std::size_t FixedFile::read(std::size_t number, std::span<char> buffer) {
  if (!isFixed()) {
    // A block that is not full was the end of the file, even if somebody has appended to the file since.
    const bool atEnd = !blocks_.empty() && lastSize_ < blockSize;
    const std::size_t size = atEnd ? 0 : readAt(number, buffer.first(blockSize));
    if (size == 0) {
      digest_ = running_.hex();
      return 0;
    }
    const std::string_view bytes(buffer.data(), size);
    running_.add(bytes);
    blocks_.push_back(fingerprintOf(bytes));
    lastSize_ = size;
    return size;
  }
  if (number >= blocks_.size()) return 0;
  const std::size_t size = number + 1 == blocks_.size() ? lastSize_ : blockSize;
  if (readAt(number, buffer.first(size)) != size || (input_ && fingerprintOf({buffer.data(), size}) != blocks_[number]))
    throw FileError(name() + " was changed after it was checked");
  return size;
}

std::uint64_t FixedFile::size() const noexcept {
  return blocks_.empty() ? 0 : (blocks_.size() - 1) * blockSize + lastSize_;
}

bool FixedFile::hasGrown() const noexcept {
  if (!input_ || !isFixed()) return false;
  return sizeOf(input_->descriptor()).value_or(0) > size();
}

std::size_t FixedFile::readAt(std::size_t number, std::span<char> buffer) const {
  if (!input_) return content_.copy(buffer.data(), buffer.size(), std::min(number * blockSize, content_.size()));
  try {
    return box::cli::readAt(input_->descriptor(), buffer, number * blockSize);
  } catch (const std::system_error& error) {
    throw FileError("cannot read " + name() + ": " + error.code().message());
  }
}

}  // namespace box::cli

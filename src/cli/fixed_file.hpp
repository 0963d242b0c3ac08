#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/digest.hpp"
#include "cli/files.hpp"

namespace box::cli {

/// A regular file whose contents are fixed when they are read for the first time: each later read gives the same bytes,
/// or fails. It stays open, so that another file of its name changes nothing; bytes that are appended later are not
/// read. Or bytes in memory, which nobody changes.
class FixedFile {
 public:
  static constexpr std::size_t blockSize = 64 * 1024;

  /// *Errors*: FileError, also where it can be read once only.
  explicit FixedFile(const std::string& path);
  /// `name`: for messages.
  FixedFile(std::string name, std::string content);

  /// For messages.
  const std::string& name() const noexcept { return name_; }
  /// In memory; empty: it is a file.
  const std::string& content() const noexcept { return content_; }
  /// Reads block `number` into `buffer`, of blockSize: its bytes, or 0 after the last block. The first time, blocks are
  /// read in order up to that 0. *Errors*: FileError, also where the block is not the one that was read the first time.
  std::size_t read(std::size_t number, std::span<char> buffer);
  /// Whether something was appended to it after it was read for the first time.
  bool hasGrown() const noexcept;
  /// 64 hex digits of the whole, after it was read for the first time.
  const std::string& digest() const noexcept { return digest_; }

 private:
  using Fingerprint = std::array<std::uint64_t, 2>;

  std::size_t readAt(std::size_t number, std::span<char> buffer) const;
  bool isFixed() const noexcept { return !digest_.empty(); }

  std::string name_;
  std::optional<Input> input_;  // of a file
  std::string content_;         // in memory
  Digest running_;
  std::string digest_;
  std::vector<Fingerprint> blocks_;
  std::size_t lastSize_ = 0;  // of the last block
};

}  // namespace box::cli

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

/// A regular file whose contents are fixed by the first reading: each later reading gives the same bytes or fails. The
/// file stays open, so replacing it under its name has no effect; bytes that are appended later are not read. May also
/// hold bytes in memory instead of a file.
class FixedFile {
 public:
  static constexpr std::size_t blockSize = 64 * 1024;

  /// Opens a file. *Errors*: FileError, also where the file can be read only once.
  explicit FixedFile(const std::string& path);
  /// Holds `content` in memory. `name`: for messages.
  FixedFile(std::string name, std::string content);

  /// The name for messages.
  const std::string& name() const noexcept { return name_; }
  /// The bytes in memory; empty where this is a file.
  const std::string& content() const noexcept { return content_; }
  /// Reads block `number` into `buffer`, which has blockSize bytes, and gives the number of bytes; 0 after the last
  /// block. The first reading must go through the blocks in order until it gets 0. *Errors*: FileError, also where a
  /// block differs from the first reading.
  std::size_t read(std::size_t number, std::span<char> buffer);
  /// The number of bytes. Valid after the first reading.
  std::uint64_t size() const noexcept;
  /// Whether the file has become longer since its first reading.
  bool hasGrown() const noexcept;
  /// The digest of all bytes as 64 hex digits. Valid after the first reading.
  const std::string& digest() const noexcept { return digest_; }

 private:
  using Fingerprint = std::array<std::uint64_t, 2>;

  std::size_t readAt(std::size_t number, std::span<char> buffer) const;
  bool isFixed() const noexcept { return !digest_.empty(); }

  std::string name_;
  std::optional<Input> input_;  // set for a file
  std::string content_;         // used without a file
  Digest running_;
  std::string digest_;
  std::vector<Fingerprint> blocks_;
  std::size_t lastSize_ = 0;  // size of the last block
};

}  // namespace box::cli

#pragma once

#include <cstddef>
#include <string>

#include "box/support/secret.hpp"

namespace box {

enum class Links { follow, refuse };

/// The content of a regular file that nobody but its owner (this process's user, or root) may read or write.
/// Throws std::system_error (ENOENT and the like), or BoxSdkError with Errc::invalidConfiguration that names path, what is
/// wrong and the remedy: a symbolic link (where refused), no regular file, another owner, a mode beyond 0700, larger than
/// `limit` bytes. Never blocks on a pipe. The content is in no buffer but the Secret's when this returns.
Secret readPrivateFile(const std::string& path, std::size_t limit, Links links);

/// A path for an error's text: in quotes, without characters that could move a terminal's cursor.
std::string quotedPath(const std::string& path);

}  // namespace box

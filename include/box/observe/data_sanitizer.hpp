#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Makes a text of the server fit for an error's what(): the server may repeat in it what it was sent.
/// *Threads*: shared and const; called from any thread, several at once.
class BOX_API DataSanitizer {
 public:
  virtual ~DataSanitizer() = default;
  /// A copy fit for logs and terminals.
  virtual std::string sanitize(std::string_view text) const = 0;
};

/// The library's own: keeps at most 200 bytes of valid UTF-8 on one line. Characters of any language stay; controls,
/// invisible characters and bytes that are not UTF-8 are escaped (`\n`, `\x1b`, `\u{200b}`). Words that look like
/// addresses of people become `[login]`, what follows "Bearer" and long runs that look like keys become `[redacted]`.
BOX_API std::shared_ptr<const DataSanitizer> defaultDataSanitizer();

}  // namespace box::inline v0_1

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Makes a text of the server suitable for an error's what(). Such a text may repeat what was sent to the server.
/// *Threads*: the object is shared and const; it is called from any thread, and from several at once.
class BOX_API DataSanitizer {
 public:
  virtual ~DataSanitizer() = default;
  /// A copy of the text that is suitable for logs and terminals.
  virtual std::string sanitize(std::string_view text) const = 0;
};

/// The sanitizer of the library. It keeps at most 200 bytes of valid UTF-8 on one line. Characters of any language
/// stay; controls, invisible characters and bytes that are not UTF-8 are escaped (`\n`, `\x1b`, `\u{200b}`). Words that
/// look like addresses of people become `[login]`; the word after "Bearer" and long words that look like keys become
/// `[redacted]`.
BOX_API std::shared_ptr<const DataSanitizer> defaultDataSanitizer();

}  // namespace box::inline v0_1

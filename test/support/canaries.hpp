#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace box::test {

/// Makes random secrets, and searches for them in places where they must not be.
///
/// All of them begin with the same letters, so that the log of a whole run can be searched without knowing them;
/// cmake/test.sh does so. They consist of characters that a bearer token may have; some of these change when they are
/// percent-encoded.
class Canaries {
 public:
  static constexpr std::string_view mark = "CnrY7q";

  /// A new secret. `what` is for messages: "the client secret".
  static std::string make(const std::string& what);
  /// Adds a secret that was made elsewhere, such as a private key.
  static void add(const std::string& what, std::string_view secret);

  /// The secrets of this process that `text` contains: raw, in base64 of any alignment, in hex, percent-encoded or
  /// JSON-escaped, as a whole or in part. Empty: none. The result names them for a message and does not show them.
  static std::string search(std::string_view text);
  /// As above, for all files in a folder and its subfolders, except files with one of these names.
  static std::string searchFiles(const std::string& folder, const std::vector<std::string>& except);
};

}  // namespace box::test

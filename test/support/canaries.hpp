#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace box::test {

/// Random secrets, and the search for them where they must not be.
///
/// Each begins with the same letters, so that the log of a whole run can be searched without knowing them
/// (cmake/test.sh does so). All characters may stand in a bearer token; some change when they are percent-encoded.
class Canaries {
 public:
  static constexpr std::string_view mark = "CnrY7q";

  /// A new secret. `what` is for messages: "the client secret".
  static std::string make(const std::string& what);
  /// Adds a secret of another making, such as a private key.
  static void add(const std::string& what, std::string_view secret);

  /// What of all secrets of this process is found in `text`: raw, in base64 of any alignment, in hex, percent-encoded
  /// and JSON-escaped, each as a whole or in part. Empty: nothing. For messages: names them, and does not show them.
  static std::string search(std::string_view text);
  /// The same for all files in a folder and below; files with one of these names are left out.
  static std::string searchFiles(const std::string& folder, const std::vector<std::string>& except);
};

}  // namespace box::test

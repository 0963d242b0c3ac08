#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace box::cli {

/// Whether a typed path might be a secret in the wrong place. Tokens and client secrets are long and mix letters and
/// digits, whereas file names have words or an extension.
bool mayHoldASecret(std::string_view path);

/// Replaces the parts of paths that may be secrets and that no file has as its name. The results and messages of
/// Console go through this function, also the library's messages about a path; the question on the terminal and lines
/// of status do not.
std::string withoutSecrets(std::string_view text, const std::vector<std::string>& paths);

}  // namespace box::cli

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace box::cli {

/// Whether a typed path might be a secret in the wrong place. Tokens and client secrets are long and mix letters and
/// digits, whereas file names have words or an extension.
bool mayHoldASecret(std::string_view path);

/// Replaces those of the paths in the text that do not exist. All output of the program goes through this function,
/// also the library's messages about a path.
std::string withoutSecrets(std::string_view text, const std::vector<std::string>& paths);

}  // namespace box::cli

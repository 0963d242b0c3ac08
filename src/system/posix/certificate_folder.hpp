#pragma once

#include <filesystem>

namespace box::inline v0_1 {

/// Whether a folder of trusted certificates has all certificates of the file: that is so if the file is in the folder
/// and is not newer than the folder, as when Debian's update-ca-certificates has made both.
bool folderHasAllOf(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace box::inline v0_1

#include "box/support/private_file.hpp"

#include "system/owned_file.hpp"

namespace box::inline v0_1 {

Secret readPrivateFile(const std::string& path, std::size_t limit, Links links) {
  // As for replaceFile(), so that what that function has written can be read. Secrets that people name are read where
  // links lead, without a check of the folder.
  const OwnedFile file(path, OwnedFile::OwnGroup::mayWrite);
  return links == Links::refuse ? file.read(limit) : file.readWhereLinksLead(limit);
}

void replaceFile(const std::string& path, std::string_view content, Readers readers) {
  const OwnedFile file(path, OwnedFile::OwnGroup::mayWrite);
  if (readers == Readers::everybody && file.writeToSpecialFile(content)) return;
  file.replace(content, readers);
}

}  // namespace box::inline v0_1

#include "auth/token_file.hpp"

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

#include "auth/token_text.hpp"
#include "box/error.hpp"
#include "support/text_encoding.hpp"

namespace box::inline v0_1 {
namespace {

/// The most bytes of a token file. A token needs less than a third of this.
constexpr std::size_t contentLimit = 64UL * 1024;

/// Performs `work`; its errors name the file. False: the file or its folder is missing, which `mayBeMissing` allows.
template <class Work>
bool perform(std::string_view file, bool mayBeMissing, Work work) {
  ErrorDetails details;
  Errc code = Errc::tokenUnavailable;
  try {
    work();
    return true;
  } catch (const BoxSdkError& error) {
    if (mayBeMissing && error.cause().value() == ENOENT) return false;
    details = error.details();
    if (error.code() == Errc::localResource) code = Errc::localResource;
  }
  details.context.insert(0, std::string(file) + " ");
  throw BoxSdkError(make_error_code(code), std::move(details));
}

constexpr std::string_view tokenFile = "the token file", lockFile = "the lock file";

}  // namespace

TokenFile::TokenFile(std::string path) : file_(std::move(path)), lock_(file_.with(".lock")) {}

std::string TokenFile::quotedLockPath() const { return quotedPath(lock_.path()); }

std::shared_ptr<const AccessToken> TokenFile::read() const {
  std::shared_ptr<const AccessToken> token;
  perform(tokenFile, true, [&] {
    const Secret text = file_.read(contentLimit);
    if (text.reveal().find_first_not_of(" \t\r\n") == std::string_view::npos) return;
    if (isUtf16(text.reveal())) file_.refuse("it is UTF-16; save it as UTF-8");
    token = decodeToken(text.reveal());
    if (!token) file_.refuse("it does not hold a token as this library stores it; remove it and sign in again");
  });
  return token;
}

void TokenFile::replace(const AccessToken& token) const {
  perform(tokenFile, false, [&] { file_.replace(encodeToken(token).reveal()); });
}

void TokenFile::remove() const {
  perform(tokenFile, true, [&] { file_.remove(); });
}

std::shared_ptr<void> TokenFile::tryLock() const {
  std::shared_ptr<Descriptor> lock;
  perform(lockFile, false, [&] { lock = std::make_shared<Descriptor>(lock_.tryLock()); });
  if (!lock->isOpen()) return nullptr;
  // A process that was killed while it wrote may have left a whole token in another file.
  file_.removeLeftover();
  return lock;
}

}  // namespace box::inline v0_1

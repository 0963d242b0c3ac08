#include "support/random_hex.hpp"

#include <climits>

#include <openssl/err.h>
#include <openssl/rand.h>

#include "box/error.hpp"
#include "support/text_codec.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {

std::string randomHex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  ERR_set_mark();
  const bool done =
      bytes <= INT_MAX && RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) == 1;
  ERR_pop_to_mark();
  if (!done) {
    throw BoxSdkError(Errc::localResource, "the system's random source failed");
  }
  std::string text = toHex(raw);
  wipe(raw);
  return text;
}

}  // namespace box::inline v0_1

#include "system/name_lookup.hpp"

#include <netdb.h>

#include <gtest/gtest.h>

namespace box {
namespace {

TEST(Resolver, TellsANameWithoutAnAddressFromALookupThatFailed) {
  for (const int result : {EAI_NONAME, EAI_NODATA, EAI_ADDRFAMILY, EAI_FAIL}) {
    EXPECT_EQ(lookupError(result), Errc::hostNotFound) << ::gai_strerror(result);
  }
  for (const int result : {EAI_AGAIN, EAI_SYSTEM}) {
    EXPECT_EQ(lookupError(result), Errc::resolveFailed) << ::gai_strerror(result);
  }
  EXPECT_EQ(lookupError(EAI_MEMORY), Errc::localResource);
}

}  // namespace
}  // namespace box

#pragma once

#include "box/network/fetch.hpp"
#include "box/network/request.hpp"
#include "box/network/session.hpp"

namespace box::inline v0_1 {

/// The request that `options` describe, for Box as `session` has it. Throws BoxSdkError with Errc::invalidRequest where
/// the URL is not one of Box's, or something in the options may not be sent.
NetworkRequest makeNetworkRequest(FetchOptions options, NetworkSession session);

}  // namespace box::inline v0_1

#pragma once

#include "box/network/fetch.hpp"
#include "box/network/request.hpp"
#include "box/network/session.hpp"

namespace box::inline v0_1 {

/// Makes the request that `options` describe, with the settings of `session`. Throws BoxSdkError with
/// Errc::invalidRequest if the URL is neither a path nor begins with the base URL, or a part of the options must not be
/// sent.
NetworkRequest makeNetworkRequest(FetchOptions options, NetworkSession session);

}  // namespace box::inline v0_1

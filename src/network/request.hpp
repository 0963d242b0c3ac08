#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "box/network/fetch.hpp"
#include "box/network/request.hpp"
#include "box/network/session.hpp"

namespace box {

/// The request that `options` describe, for Box as `session` has it. Throws BoxSdkError with Errc::invalidRequest where the URL
/// is not one of Box's, or something in the options may not go out.
NetworkRequest makeNetworkRequest(FetchOptions options, NetworkSession session);

/// Throws BoxSdkError with Errc::unexpectedResponse where a NetworkClient gave a response that is no success: only a caller's
/// own client does so.
void requireExpected(const Operation& operation, int statusCode);

/// A NetworkClient has ended a request by `exception`: throws that as a BoxSdkError. A caller's own client may throw anything, and
/// then nobody knows what became of the request. `cancelled`: the caller has cancelled. Rethrows std::bad_alloc.
[[noreturn]] void raiseFetchFailure(const Operation& operation, std::exception_ptr exception, bool cancelled);

}  // namespace box

#pragma once

#include "http/response_reader.hpp"
#include "transport/failure.hpp"

namespace box {

/// What a proxy's answer to CONNECT means: a 2xx opens the tunnel; else `failure` tells why it does not. No I/O.
/// `leftover`: bytes came after it. `authorized`: the request had credentials.
void judgeConnectAnswer(const ResponseReader& reader, bool leftover, bool authorized, Failure& failure);

}  // namespace box

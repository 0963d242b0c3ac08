#pragma once

#include "box/network/fetch.hpp"
#include "box/network/request.hpp"
#include "box/observe/data_sanitizer.hpp"
#include "box/support/secret.hpp"
#include "pipeline/attempt.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

/// Describes in words why the attempt failed, with the data of the response if there is one. `token`: the token that
/// was sent with the request; null: no token was sent.
void explain(Attempt& attempt, const NetworkRequest& request, const Secret* token);

/// Removes the token from the response's headers and body if the server has repeated it there.
void redactAnswer(FetchResponse& response, const Secret& token);

/// Describes in words the exception that has ended the attempt, after judgeException().
void explainException(Attempt& attempt, const Thrown& thrown, const DataSanitizer& sanitizer);

}  // namespace box::inline v0_1

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/text_codec.hpp"
#include "support/words.hpp"

/// The format of a Follower's state and mark: lines of words that blanks separate.
namespace box::inline v0_1 {

inline constexpr WordFormat stateWords{"%", isUnreserved};

inline void addWord(std::string& out, std::string_view text) { out.append(1, ' ').append(stateWords.encoded(text)); }
inline void addWord(std::string& out, std::int64_t number) { out.append(1, ' ').append(std::to_string(number)); }
inline void addWord(std::string& out, std::uint64_t number) { out.append(1, ' ').append(std::to_string(number)); }

}  // namespace box::inline v0_1

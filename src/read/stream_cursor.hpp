#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "box/read/values.hpp"
#include "support/ascii.hpp"

namespace box::inline v0_1 {

/// Whether the text may be a position of Box: digits, or "now". The empty text means the oldest event.
inline bool isStreamPosition(std::string_view text) noexcept {
  constexpr std::size_t longest = 40;
  return text == "now" || (text.size() <= longest && std::all_of(text.begin(), text.end(), isDigit));
}

/// Whether a reader can continue from a position that Box gave: digits. From "now" on it would miss events, and from
/// "0" on it would begin again.
inline bool isGivenPosition(std::string_view text) noexcept {
  return !text.empty() && text != "now" && text != "0" && isStreamPosition(text);
}

/// The position of a reader in a stream of events, and whether there are more events now. No I/O.
///
/// Box's positions are texts of digits, too long for a double; only Box knows their meaning, so they are only compared
/// for equality. "0" with an empty page, which admin_logs gives at its end, is not a position: after "now" there is
/// none.
class StreamCursor {
 public:
  enum class Next {
    more,   ///< ask again: there may be more
    wait,   ///< this is all for now
    pause,  ///< there may be more, but many pages in a row were empty
    lost,   ///< Box gave no usable position: this page can only be requested again
  };

  explicit StreamCursor(std::string_view position) : position_(position) {}

  /// The position to request; empty: that of the oldest event.
  const std::string& position() const noexcept { return position_; }
  /// How many pages had no position.
  std::uint64_t withoutPosition() const noexcept { return withoutPosition_; }

  /// The page at position() has arrived.
  Next take(const Events& page) { return take(page.nextStreamPosition, page.entries.size()); }
  Next take(std::string_view next, std::size_t entries) {
    const bool isEndOfAdminLogs = next == "0" && entries == 0 && position_ != "now";
    if (!isEndOfAdminLogs && !isGivenPosition(next)) {
      ++withoutPosition_;
      return Next::lost;
    }
    if (isEndOfAdminLogs || next == position_) {
      emptyPages_ = 0;
      return Next::wait;
    }
    position_ = next;
    // If only some types were requested, a page may be empty before the end of the stream.
    emptyPages_ = entries == 0 ? emptyPages_ + 1 : 0;
    if (emptyPages_ <= mostEmptyPages) return Next::more;
    emptyPages_ = 0;
    return Next::pause;
  }

 private:
  static constexpr unsigned mostEmptyPages = 16;

  std::string position_;
  std::uint64_t withoutPosition_ = 0;
  unsigned emptyPages_ = 0;  // how many in a row
};

}  // namespace box::inline v0_1

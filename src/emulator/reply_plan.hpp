#pragma once

#include <box/emulator/reply.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator {

/// An action on a connection after an answer, before the peer's next request.
struct IdleAction {
  enum class Kind { send, sendBelowTls, sendTicket, updateKeys, close };
  Kind kind = Kind::send;
  std::chrono::milliseconds delay{0};
  std::string bytes;
  CloseManner manner = CloseManner::fin;
};

/// The content of a Reply. It is only data: the server interprets it.
struct ReplyPlan {
  enum class Kind { box, built, raw, hang, close, endless };
  enum class Framing { length, chunked, untilClose };
  /// What happens after the part of the answer that `keepBytes` or `keepBody` lets through.
  enum class Cut { none, close, stall, corrupt };

  Kind kind = Kind::box;
  int status = 0;
  /// An empty code stands for the usual one of the status.
  std::string errorCode;
  std::string errorMessage;
  std::string bytes;
  CloseManner manner = CloseManner::closeNotify;
  Endless endless = Endless::headers;

  std::vector<Header> headers;
  std::vector<std::string> removed;
  std::optional<std::string> body;
  std::string contentType;
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds pause{0};
  std::size_t pieceSize = 0;
  Cut cut = Cut::none;
  std::optional<std::size_t> keepBytes;
  std::optional<std::size_t> keepBody;
  std::string corruption;
  std::string appended;
  std::vector<IdleAction> afterwards;
  bool connectionClose = false;
  bool http10 = false;
  Framing framing = Framing::length;
  std::size_t chunkSize = 16;
  bool beforeBody = false;
  bool leaveUnread = false;
  std::vector<int> interim;
  bool renegotiate = false;
  bool processed = false;
  std::size_t times = 1;
};

}  // namespace box::inline v0_1::emulator

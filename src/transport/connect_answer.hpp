#pragma once

#include <string>
#include <string_view>

#include "http/response_reader.hpp"
#include "transport/failure.hpp"

namespace box::inline v0_1 {

/// Reads a proxy's answer to CONNECT, and says what it means. No I/O.
class ConnectAnswer {
 public:
  ConnectAnswer();

  /// Takes the bytes that have come, in any pieces.
  void receive(std::string_view bytes);

  /// No more bytes are needed: it is complete, or cannot be used.
  bool ended() const noexcept { return reader_.state() != ResponseReader::State::header; }

  /// When it has ended: a 2xx opens the tunnel; else why that is closed, without the phase. `authorized`: the request
  /// had credentials.
  StepResult<void> meaning(bool authorized) const;

 private:
  ResponseReader reader_;
  std::string unread_;
};

}  // namespace box::inline v0_1

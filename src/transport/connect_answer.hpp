#pragma once

#include <string>
#include <string_view>

#include "http/response_reader.hpp"
#include "transport/failure.hpp"

namespace box::inline v0_1 {

/// Reads a proxy's answer to CONNECT and interprets it. It has no I/O.
class ConnectAnswer {
 public:
  ConnectAnswer();

  /// Takes the bytes that have arrived, in pieces of any size.
  void receive(std::string_view bytes);

  /// Whether no more bytes are needed, because the answer is complete or cannot be used.
  bool ended() const noexcept { return reader_.state() != ResponseReader::State::header; }

  /// The result, after the answer has ended: success if a 2xx has opened the tunnel; otherwise the failure, without its
  /// phase. `authorized`: whether the request had credentials.
  StepResult<void> meaning(bool authorized) const;

 private:
  ResponseReader reader_;
  std::string unread_;
};

}  // namespace box::inline v0_1

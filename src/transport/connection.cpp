#include "transport/connection.hpp"

#include "support/wipe.hpp"

namespace box::inline v0_1 {
namespace {

/// In bytes; session tickets need less. More bytes cannot be a message of TLS itself, and processing them would block
/// the event loop.
constexpr std::size_t mostUnasked = 4096;

}  // namespace

Connection::~Connection() {
  wipe();  // the buffer contains a bearer token
}

void Connection::wipe() noexcept {
  box::wipe(out);
  box::wipe(in);
}

void Connection::releaseBuffers() noexcept {
  wire->releaseBuffers();
  wipe();
  out = std::string();
  in = std::string();
}

Connection::Unread Connection::buffered() noexcept {
  error_code ignored;
  return wire->hasPending() ? wire->look(0, ignored) : Unread::nothing;
}

Connection::Unread Connection::unread() noexcept {
  error_code ignored;
  return unread(ignored);
}

Connection::Unread Connection::unread(error_code& cause) noexcept {
  cause = error_code();
  if (!wire->hasPending()) {
    if (wire->isSilent(cause)) return Unread::nothing;
    if (cause) return Unread::end;
  }
  return wire->look(mostUnasked, cause);
}

}  // namespace box::inline v0_1

#include "pool/idle_connection.hpp"

#include <algorithm>

#include "box/support/time.hpp"

namespace box::inline v0_1 {

std::chrono::steady_clock::time_point expiryOf(const Connection& connection) noexcept {
  return std::min(connection.expires, after(connection.lastUsed, connection.idleTimeout));
}

event::CloseReason reasonOfExpiry(const Connection& connection, std::chrono::steady_clock::time_point now) noexcept {
  return now >= connection.expires ? event::CloseReason::age : event::CloseReason::idle;
}

std::optional<event::CloseReason> unreadReason(Connection& connection) noexcept {
  switch (connection.unread()) {
    case Connection::Unread::nothing: return std::nullopt;
    case Connection::Unread::data: return event::CloseReason::unsolicited;
    case Connection::Unread::end: break;
  }
  return event::CloseReason::peer;
}

std::optional<event::CloseReason> reasonToClose(Connection& connection,
                                                std::chrono::steady_clock::time_point now) noexcept {
  if (now >= expiryOf(connection)) return reasonOfExpiry(connection, now);
  return unreadReason(connection);
}

}  // namespace box::inline v0_1

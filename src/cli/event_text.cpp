#include "cli/event_text.hpp"

#include <string>
#include <string_view>
#include <variant>

#include "cli/error_text.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

struct EventWriter {
  std::string operator()(const event::CallStarted& e) const {
    return "call " + std::to_string(e.call) + ": " + std::string(e.method) + " " + printable(e.url);
  }
  std::string operator()(const event::AttemptStarted& e) const {
    return "call " + std::to_string(e.call) + ": attempt " + std::to_string(e.attempt);
  }
  std::string operator()(const event::AttemptEnded& e) const {
    return "call " + std::to_string(e.call) + ": attempt " + attemptText(e.record) + ", " +
           std::string(toString(e.record.fate)) + (e.record.reusedConnection ? ", on a reused connection" : "");
  }
  std::string operator()(const event::RetryScheduled& e) const {
    return "call " + std::to_string(e.call) + ": waits " + shownDuration(e.delay) + " before attempt " +
           std::to_string(e.attempt) + " (" + std::string(toString(e.kind)) + ")";
  }
  std::string operator()(const event::CallEnded& e) const {
    return "call " + std::to_string(e.call) + ": " + std::string(toString(e.fate)) + " after " +
           shownDuration(e.elapsed) + ", " + counted(e.attempts, "attempt") + (e.code ? ": " + e.code.message() : "");
  }
  std::string operator()(const event::TokenRequested& e) const {
    return "call " + std::to_string(e.call) + ": asks for a token" + (e.refused ? ", the last one was refused" : "");
  }
  std::string operator()(const event::PoolWaited& e) const {
    return "call " + std::to_string(e.call) + ": waited " + shownDuration(e.waited) + " for a connection";
  }
  std::string operator()(const event::ConnectionOpened& e) const {
    return "connection " + std::to_string(e.connection) + ": " + printable(e.host) + " port " + std::to_string(e.port) +
           (e.proxy.empty() ? "" : " through " + printable(e.proxy)) + ", " + printable(e.tlsVersion) +
           (e.resumed ? " resumed" : "") + ", " + shownDuration(e.elapsed);
  }
  std::string operator()(const event::ConnectionClosed& e) const {
    return "connection " + std::to_string(e.connection) + ": closed (" + std::string(toString(e.reason)) + ") after " +
           counted(e.requests, "request");
  }
};

}  // namespace

std::string eventText(const Event& event) { return std::visit(EventWriter{}, event); }

}  // namespace box::cli

#include "cli/console.hpp"

#include <memory>
#include <string>
#include <utility>

#include <boost/json/serialize.hpp>

#include "cli/log.hpp"
#include "cli/system/terminal.hpp"
#include "cli/text.hpp"
#include "cli/typed_paths.hpp"

namespace box::cli {

namespace {

constexpr std::string_view clearLine = "\r\x1b[K";

/// All consoles share this, because the process has one terminal.
bool statusShown = false;

/// All consoles hide the same paths, those of this command line.
std::vector<std::string> hiddenPaths;

/// All consoles share one log.
std::unique_ptr<Log> log;

/// Calls `write` with the text after secrets were removed from it.
template <class Write>
void showing(std::string_view text, Write write) {
  if (hiddenPaths.empty()) return write(text);
  write(withoutSecrets(text, hiddenPaths));
}

}  // namespace

void Console::hide(const std::string& path) {
  if (mayHoldASecret(path)) hiddenPaths.push_back(path);
}

void Console::keepLog(const std::string& path) { log = std::make_unique<Log>(path); }

bool Console::keepsLog() noexcept { return log != nullptr; }

const std::string& Console::logLost() noexcept {
  static const std::string complete;
  return log ? log->lost() : complete;
}

void Console::event(const boost::json::object& event, bool shown) const {
  if (log) showing(log->lineOf(event), [&](std::string_view line) { append(line); });
  if (shown) result(eventLine(event));
}

void Console::append(std::string_view line) const noexcept {
  if (!log->write(line)) tell("box-sessions: " + log->lost() + "; the run continues without it");
}

void Console::result(std::string_view text) const {
  status({});
  showing(text, [this](std::string_view shown) { out_.write(shown); });
}

void Console::tell(std::string_view text) const noexcept {
  status({});
  try {
    std::string line(text);
    if (!line.ends_with('\n')) line += '\n';
    showing(line, [this](std::string_view shown) { err_.write(shown); });
  } catch (...) {
  }
}

void Console::complain(std::string_view text) const noexcept {
  try {
    tell(std::string("box-sessions: ").append(text));
    if (log) event({{"event", "message"}, {"text", validUtf8(text)}}, false);
  } catch (...) {
  }
}

void Console::status(std::string_view line) const noexcept {
  if (line.empty() && !statusShown) return;
  statusShown = !line.empty();
  try {
    err_.write(std::string(clearLine).append(line));
  } catch (...) {
  }
}

bool Console::showsStatus() noexcept { return canShowStatus(); }

}  // namespace box::cli

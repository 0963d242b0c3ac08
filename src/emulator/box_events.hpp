#pragma once

#include <box/emulator/emulator.hpp>

#include "box_answers.hpp"
#include "box_directory.hpp"
#include "http_text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator {

/// An enterprise's events, and the call that reads them. Has no clock; not thread-safe.
class BoxEvents {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  BoxEvents(const EmulatorOptions& options, BoxAnswers& answers, const BoxDirectory& directory)
      : answers_(answers), directory_(directory), settings_(options.events) {}

  void set(EmulatorEventSettings settings) { settings_ = std::move(settings); }
  void add(const EmulatorEvent& event, WallTime now);
  /// Adds the events that the settings name for a termination by this user.
  void addTermination(const AcceptedTermination& termination, const std::string& callerId, WallTime now);
  [[nodiscard]] BoxAnswer events(const BoxRequest& request, WallTime now);

 private:
  /// An event, and the time from which the stream shows it.
  struct Told {
    WallTime from;
    std::string type;
    WallTime createdAt;
    std::string json;
  };
  struct Page {
    std::size_t limit = 0;
    std::vector<std::string> types;
    std::vector<const Told*> entries;

    [[nodiscard]] bool full() const { return entries.size() >= limit; }
    void offer(const Told& told);
  };

  [[nodiscard]] std::string write(const EmulatorEvent& event, WallTime createdAt);
  void stream(Told told);
  [[nodiscard]] BoxAnswer streaming(const std::string& position, Page page, WallTime now);
  [[nodiscard]] BoxAnswer history(const FormFields& query, const std::string& position, Page page, WallTime now);
  [[nodiscard]] BoxAnswer answer(const Page& page, std::uint64_t next);

  BoxAnswers& answers_;
  const BoxDirectory& directory_;
  EmulatorEventSettings settings_;
  /// Sorted by that time. An event that is shown already never moves, because positions count events.
  std::vector<Told> stream_;
  /// Sorted by time of creation, then by number. A late event is inserted before positions that clients have received,
  /// so that these clients miss it.
  std::map<std::uint64_t, Told> history_;
  std::uint64_t added_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace box::inline v0_1::emulator

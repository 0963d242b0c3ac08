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

namespace box::emulator {

/// An enterprise's events, and the call that reads them. No clock of its own; not thread-safe.
class BoxEvents {
 public:
  using WallTime = std::chrono::system_clock::time_point;

  BoxEvents(const EmulatorOptions& options, BoxAnswers& answers, const BoxDirectory& directory)
      : answers_(answers), directory_(directory), settings_(options.events) {}

  void set(EmulatorEventSettings settings) { settings_ = std::move(settings); }
  void add(const EmulatorEvent& event, WallTime now);
  /// Writes what the settings have for a termination by this user.
  void addTermination(const AcceptedTermination& termination, const std::string& callerId, WallTime now);
  [[nodiscard]] BoxAnswer events(const BoxRequest& request, WallTime now);

 private:
  /// An event in a stream, from the moment at which the stream tells it.
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
  /// By the moment from which they are told: what is told already never moves, since positions count on it.
  std::vector<Told> stream_;
  /// By time of creation, then by number. A late one is put before positions that were given out, and is missed by
  /// them.
  std::map<std::uint64_t, Told> history_;
  std::uint64_t added_ = 0;
  std::uint64_t answered_ = 0;
};

}  // namespace box::emulator

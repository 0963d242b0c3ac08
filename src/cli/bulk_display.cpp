#include "cli/bulk_display.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

#include "cli/bulk_report.hpp"
#include "cli/entries.hpp"

namespace box::cli {

namespace {

namespace json = boost::json;

std::size_t columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 79;
  return size.ws_col - 1U;
}

}  // namespace

BulkDisplay::BulkDisplay(const TerminateArguments& arguments, const Console& console)
    : json_(arguments.json),
      quiet_(arguments.quiet),
      status_(!arguments.quiet && !arguments.json && Console::showsStatus()),
      console_(console) {}

void BulkDisplay::onRow(const BulkRow& row) {
  if (json_) return console_.result(json::serialize(rowJson(row)) + "\n");
  const bool isTrouble = row.state == BulkState::rejected || row.state == BulkState::inDoubt;
  if (!isTrouble || row.fromJournal) return;  // invalid entries were shown before the run
  if (++troubles_ <= InputFaults::shown) {
    console_.complain(rowText(row));
  } else if (troubles_ == InputFaults::shown + 1) {
    console_.complain("… and more; 'box-sessions report' shows all");
  }
}

void BulkDisplay::onProgress(const BulkProgress& progress) {
  if (json_) {
    if (isTime(progress.elapsed, std::chrono::seconds(1)))
      console_.result(json::serialize(progressJson(progress)) + "\n");
  } else if (status_) {
    console_.status(progressText(progress, columns(), true));
  } else if (!quiet_ && isTime(progress.elapsed, std::chrono::seconds(10))) {
    console_.complain(progressText(progress, 200, false));
  }
}

bool BulkDisplay::isTime(std::chrono::nanoseconds elapsed, std::chrono::nanoseconds every) {
  if (elapsed < next_) return false;
  next_ = elapsed + every;
  return true;
}

}  // namespace box::cli

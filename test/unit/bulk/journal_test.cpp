#include "box/bulk/file_journal.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "box/error.hpp"
#include "bulk/journal_file.hpp"
#include "bulk/journal_text.hpp"
#ifndef _WIN32
#include "support/forked.hpp"
#endif
#include "support/posix.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Folder {
 public:
  Folder() {
    std::string path = (std::filesystem::temp_directory_path() / "box-journal-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = path;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const char* name = "run.journal") const { return (path_ / name).string(); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

std::string contentOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

JournalHeader someHeader() {
  JournalHeader header;
  header.binding = {"users", "api.box.com", "subject", "input"};
  return header;
}

/// A disk under the file of an open journal, which fails when the test says so.
class Disk : public JournalFile {
 public:
  struct Faults {
    std::size_t shortWrite = 0;       // the most bytes that one write accepts
    int interruptions = 0;            // the next writes and syncs that a signal interrupts
    std::optional<std::size_t> room;  // bytes until it is full; no value: unlimited
    std::atomic<int> syncError{0};
    std::atomic<int> syncs{0};
    int writes = 0;
  };
  Disk(const std::string& path, std::shared_ptr<Faults> faults)
      : JournalFile(path, Descriptor(::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC))),
        faults_(std::move(faults)) {}

 private:
  std::ptrdiff_t doWrite(const char* bytes, std::size_t count) noexcept override {
    ++faults_->writes;
    if (faults_->interruptions > 0) {
      --faults_->interruptions;
      errno = EINTR;
      return -1;
    }
    if (faults_->shortWrite > 0) count = std::min(count, faults_->shortWrite);
    if (faults_->room) {
      count = std::min(count, *faults_->room);
      if (count == 0) {
        errno = ENOSPC;
        return -1;
      }
      *faults_->room -= count;
    }
    return JournalFile::doWrite(bytes, count);
  }
  int doSync() noexcept override {
    if (faults_->interruptions > 0) {
      --faults_->interruptions;
      errno = EINTR;
      return -1;
    }
    ++faults_->syncs;
    if (faults_->syncError != 0) {
      errno = faults_->syncError;
      return -1;
    }
    return JournalFile::doSync();
  }

  std::shared_ptr<Faults> faults_;
};

/// A journal on such a disk.
class JournalDisk : public testing::Test {
 protected:
  void open(JournalOptions options = JournalOptions()) {
    FileJournal::create(folder.path(), someHeader());
    auto file = std::make_unique<Disk>(folder.path(), faults);
    JournalContents contents = contentsOf(*file);
    journal = journalOn(std::move(file), std::move(contents), options, clock);
  }

  std::vector<BulkItem> items = {{0, 1, "5"}, {1, 2, "6"}};
  Folder folder;
  std::shared_ptr<Disk::Faults> faults = std::make_shared<Disk::Faults>();
  std::shared_ptr<const Clock> clock;  // null: the system's
  std::shared_ptr<FileJournal> journal;
  asio::io_context context;

  /// Runs the work; gives the error's text, or an empty one.
  std::string run(asio::awaitable<void> work) {
    std::string out = "did not end";
    asio::co_spawn(context, std::move(work), [&out](std::exception_ptr error) {
      out.clear();
      try {
        if (error) std::rethrow_exception(error);
      } catch (const JournalError& lost) {
        EXPECT_EQ(lost.kind(), JournalError::Kind::lost);
        out = lost.what();
      }
    });
    context.restart();
    context.run();
    return out;
  }
  std::string intend(std::uint64_t call) { return run(journal->intend({call, items})); }
  std::string settle(std::uint64_t call) {
    return run(journal->settle({call, items}, {BulkVerdict::accepted, 202, {}, {}, {}}));
  }
};

JournalError::Kind kindOf(const std::function<void()>& what, std::string* text = nullptr) {
  try {
    what();
  } catch (const JournalError& error) {
    if (text != nullptr) *text = error.what();
    return error.kind();
  }
  ADD_FAILURE() << "did not fail";
  return JournalError::Kind::lost;
}

TEST_F(JournalDisk, WhatIsWrittenIsThereAfterwards) {
  open();
  EXPECT_EQ(intend(1), "");
  EXPECT_EQ(settle(1), "");
  EXPECT_EQ(intend(2), "");
  EXPECT_EQ(run(journal->close(false)), "");
  const JournalContents contents = JournalContents::read(folder.path());
  EXPECT_EQ(contents.past(1)->state, BulkState::accepted);
  EXPECT_EQ(contents.lastCall(), 2U);
  EXPECT_FALSE(contents.finished());
}

TEST_F(JournalDisk, ShortWritesAndInterruptionsLoseNothing) {
  open();
  faults->shortWrite = 3;
  faults->interruptions = 5;
  EXPECT_EQ(intend(1), "");
  faults->interruptions = 5;
  EXPECT_EQ(settle(1), "");
  EXPECT_EQ(run(journal->close(true)), "");
  EXPECT_TRUE(JournalContents::read(folder.path()).finished());
}

TEST_F(JournalDisk, ARecordIsOneWrite) {
  open();
  EXPECT_EQ(intend(1), "");
  EXPECT_EQ(faults->writes, 1);
}

TEST_F(JournalDisk, AFullDiskStopsIntentsAndAllThatFollows) {
  open();
  EXPECT_EQ(intend(1), "");
  faults->room = 10;
  EXPECT_THAT(intend(2), HasSubstr("No space left"));
  faults->room.reset();  // there is room again, but nothing may be written after half a record
  const std::string before = contentOf(folder.path());
  EXPECT_THAT(settle(1), HasSubstr("No space left"));
  EXPECT_THAT(intend(3), HasSubstr("No space left"));
  EXPECT_EQ(run(journal->close(true)), "");
  EXPECT_EQ(contentOf(folder.path()), before);
  const JournalContents contents = JournalContents::read(folder.path());
  EXPECT_EQ(contents.lastCall(), 1U);
  EXPECT_EQ(contents.truncatedBytes(), 10U);
}

TEST_F(JournalDisk, AVerdictIsToldOnlyWhereItsSyncWorked) {
  open();
  EXPECT_EQ(intend(1), "");
  faults->syncError = EIO;
  EXPECT_THAT(settle(1), HasSubstr("could not be made durable: Input/output error"));
  faults->syncError = 0;  // a further sync would succeed without proving anything
  EXPECT_THAT(intend(2), HasSubstr("Input/output error"));
  EXPECT_EQ(faults->syncs, 1);
}

TEST_F(JournalDisk, ASyncAfterOneThatFailedProvesNothing) {
  open();
  Disk file(folder.path(), faults);
  faults->syncError = EIO;
  EXPECT_THROW(file.sync(), JournalError);
  faults->syncError = 0;  // the system reports a failure once
  EXPECT_THROW(file.sync(), JournalError);
}

#ifndef _WIN32
TEST_F(JournalDisk, BelongsToTheProcessThatOpenedIt) {
  open();
  box::test::Forked child([this] { return intend(1); });
  EXPECT_THAT(child.result(), HasSubstr("belongs to the process that opened it"));
  EXPECT_EQ(intend(1), "");
}
#endif

TEST_F(JournalDisk, TheTimesAreThoseOfTheGivenClock) {
  struct StandingClock : Clock {
    std::chrono::system_clock::time_point now() const noexcept override { return time; }
    std::chrono::system_clock::time_point time{std::chrono::hours(24 * 365 * 30)};
  };
  const auto standing = std::make_shared<StandingClock>();
  clock = standing;
  open();
  EXPECT_EQ(intend(1), "");
  EXPECT_EQ(settle(1), "");
  EXPECT_EQ(intend(2), "");
  EXPECT_EQ(run(journal->close(false)), "");
  const JournalContents contents = JournalContents::read(folder.path());
  ASSERT_EQ(contents.calls().size(), 2U);
  EXPECT_EQ(contents.calls()[0].sentAt, standing->time);
  EXPECT_EQ(contents.calls()[0].settledAt, standing->time);
  EXPECT_EQ(contents.ends().at(0).at, standing->time);

  journal = FileJournal::open(folder.path(), someHeader().binding, JournalOptions(), standing);
  EXPECT_EQ(journal->recentCalls().size(), 2U);
  journal.reset();
  journal = FileJournal::open(folder.path(), someHeader().binding);
  EXPECT_EQ(journal->recentCalls().size(), 0U) << "by the system's clock the calls are old";
  EXPECT_THAT(JournalContents::read(folder.path()).continuations(), testing::IsEmpty());
  journal->note({{"person", "bob"}});
  const JournalContents continued = JournalContents::read(folder.path());
  ASSERT_EQ(continued.continuations().size(), 1U);
  EXPECT_EQ(continued.continuations().front().notes.front().second, "bob");
  EXPECT_EQ(continued.calls().size(), 2U);
  journal.reset();
  std::filesystem::remove(folder.path());
  journal = FileJournal::create(folder.path(), someHeader(), JournalOptions(), standing);
  EXPECT_EQ(journal->contents().header().created, standing->time);
}

TEST_F(JournalDisk, VerdictsShareASync) {
  JournalOptions options;
  options.groupWait = 1h;  // so that only the number of records ends the wait
  options.groupRecords = 4;
  open(options);
  int done = 0;
  for (std::uint64_t call = 1; call <= 8; ++call) EXPECT_EQ(intend(call), "");
  for (std::uint64_t call = 1; call <= 8; ++call) {
    asio::co_spawn(context, journal->settle({call, items}, {BulkVerdict::accepted, 202, {}, {}, {}}),
                   [&done](std::exception_ptr error) {
                     EXPECT_FALSE(error);
                     ++done;
                   });
    context.restart();
    if (call % 4 != 0) {
      context.poll();
      EXPECT_EQ(done, static_cast<int>(call / 4 * 4));
    } else {
      context.run();
      EXPECT_EQ(done, static_cast<int>(call));
      EXPECT_EQ(faults->syncs, static_cast<int>(call / 4));
    }
  }
}

TEST_F(JournalDisk, AFewVerdictsAreSyncedWhenTheWaitIsOver) {
  JournalOptions options;
  options.groupWait = 1ms;
  open(options);
  EXPECT_EQ(intend(1), "");
  EXPECT_EQ(settle(1), "");
  EXPECT_EQ(faults->syncs, 1);
}

TEST_F(JournalDisk, OnDemandIntentsAreSyncedTooOrNothingIs) {
  JournalOptions options;
  options.groupWait = 1h;
  options.sync = JournalSync::always;
  open(options);
  EXPECT_EQ(intend(1), "");
  EXPECT_EQ(faults->syncs, 1);
  EXPECT_EQ(settle(1), "");
  EXPECT_EQ(faults->syncs, 2);
  journal.reset();
  std::filesystem::remove(folder.path());
  options.sync = JournalSync::off;
  open(options);
  EXPECT_EQ(intend(1), "");
  EXPECT_EQ(settle(1), "");
  EXPECT_EQ(run(journal->close(true)), "");
  EXPECT_EQ(faults->syncs, 2);
}

TEST_F(JournalDisk, ClosingSyncsAndLetsGo) {
  open();
  EXPECT_EQ(run(journal->close(true)), "");
  EXPECT_EQ(faults->syncs, 1);
  EXPECT_THAT(intend(1), HasSubstr("closed"));
}

TEST_F(JournalDisk, TheContextMayEndInTheMiddle) {
  JournalOptions options;
  options.groupWait = 1h;
  open(options);
  EXPECT_EQ(intend(1), "");
  auto other = std::make_unique<asio::io_context>();
  asio::co_spawn(*other, journal->settle({1, items}, {BulkVerdict::accepted, 202, {}, {}, {}}), asio::detached);
  other->poll();
  journal.reset();
  other.reset();
}

TEST(JournalFile, IsItsOwnersAloneAndLocked) {
  const Folder folder;
  const auto journal = FileJournal::create(folder.path(), someHeader());
#ifndef _WIN32
  struct stat status {};
  ASSERT_EQ(::stat(folder.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
#endif
  EXPECT_EQ(folder.files(), 1U);
  std::string text;
  EXPECT_EQ(kindOf([&] { FileJournal::open(folder.path(), someHeader().binding); }, &text), JournalError::Kind::locked);
  EXPECT_THAT(text, HasSubstr("another run uses it"));
  EXPECT_EQ(journal->contents().header().job.size(), 32U);
  EXPECT_EQ(JournalContents::read(folder.path()).header().job, journal->contents().header().job);
}

TEST(JournalFile, LeavesAFileThatIsThereAsItIs) {
  const Folder folder;
  write(folder.path(), "precious");
  std::string text;
  EXPECT_EQ(kindOf([&] { FileJournal::create(folder.path(), someHeader()); }, &text), JournalError::Kind::unusable);
  EXPECT_THAT(text, HasSubstr("it exists already"));
  EXPECT_EQ(contentOf(folder.path()), "precious");
  EXPECT_EQ(folder.files(), 1U);
}

#ifndef _WIN32
TEST(JournalFile, IsRefusedWhereOthersMayUseItOrItIsALink) {
  const Folder folder;
  FileJournal::create(folder.path(), someHeader());
  std::filesystem::create_symlink(folder.path(), folder.path("link"));
  std::string text;
  EXPECT_EQ(kindOf([&] { FileJournal::open(folder.path("link"), someHeader().binding); }, &text),
            JournalError::Kind::unusable);
  EXPECT_THAT(text, HasSubstr("symbolic link"));
  ::chmod(folder.path().c_str(), 0640);
  EXPECT_EQ(kindOf([&] { FileJournal::open(folder.path(), someHeader().binding); }, &text),
            JournalError::Kind::unusable);
  EXPECT_THAT(text, HasSubstr("chmod 600"));
  ::mkfifo(folder.path("pipe").c_str(), 0600);
  EXPECT_EQ(kindOf([&] { FileJournal::open(folder.path("pipe"), someHeader().binding); }),
            JournalError::Kind::unusable);
  EXPECT_EQ(kindOf([&] { JournalContents::read(folder.path("nowhere")); }), JournalError::Kind::unusable);
  EXPECT_EQ(kindOf([&] { FileJournal::create(folder.path("no/where"), someHeader()); }), JournalError::Kind::unusable);
}

TEST(JournalFile, IsReadAsACopyWhoeverMayUseIt) {
  const Folder folder;
  FileJournal::create(folder.path(), someHeader());
  ::chmod(folder.path().c_str(), 0644);
  std::filesystem::create_symlink(folder.path(), folder.path("link"));
  EXPECT_EQ(kindOf([&] { JournalContents::read(folder.path()); }), JournalError::Kind::unusable);
  EXPECT_EQ(JournalContents::readCopy(folder.path()).header().binding.host, someHeader().binding.host);
  EXPECT_EQ(JournalContents::readCopy(folder.path("link")).header().binding.host, someHeader().binding.host);
  ::mkfifo(folder.path("pipe").c_str(), 0600);
  std::string text;
  EXPECT_EQ(kindOf([&] { JournalContents::readCopy(folder.path("pipe")); }, &text), JournalError::Kind::unusable);
  EXPECT_THAT(text, HasSubstr("not a regular file"));
  EXPECT_EQ(kindOf([&] { JournalContents::readCopy(folder.path("nowhere")); }, &text), JournalError::Kind::unusable);
  EXPECT_THAT(text, HasSubstr("cannot be opened"));
}
#endif

TEST(JournalFile, GoesOnOnlyWithWhatItBelongsTo) {
  const Folder folder;
  FileJournal::create(folder.path(), someHeader());
  const std::string before = contentOf(folder.path());
  for (std::string JournalBinding::*part :
       {&JournalBinding::target, &JournalBinding::host, &JournalBinding::subject, &JournalBinding::input}) {
    JournalBinding other = someHeader().binding;
    other.*part = "other\x1b";
    std::string text;
    EXPECT_EQ(kindOf([&] { FileJournal::open(folder.path(), other); }, &text), JournalError::Kind::mismatch);
    EXPECT_THAT(text, HasSubstr("'other?'"));
    EXPECT_THAT(text, HasSubstr("'" + someHeader().binding.*part + "'"));
  }
  EXPECT_EQ(contentOf(folder.path()), before);
  FileJournal::open(folder.path(), someHeader().binding);
}

TEST(JournalFile, IsGoneOnWithBehindATornEnd) {
  const Folder folder;
  FileJournal::create(folder.path(), someHeader());
  const std::string whole = contentOf(folder.path());
  write(folder.path(), whole + "1 S 1 170");
  EXPECT_EQ(JournalContents::read(folder.path()).truncatedBytes(), 9U);
  {
    const auto journal = FileJournal::open(folder.path(), someHeader().binding);
    EXPECT_EQ(contentOf(folder.path()), whole);
    asio::io_context context;
    const std::vector<BulkItem> items = {{7, 1, "5"}};
    asio::co_spawn(context, journal->intend({1, items}), asio::detached);
    context.run();
  }
  const JournalContents contents = JournalContents::read(folder.path());
  EXPECT_EQ(contents.truncatedBytes(), 0U);
  EXPECT_TRUE(contents.past(7));
  EXPECT_EQ(FileJournal::open(folder.path(), someHeader().binding)->recentCalls().size(), 1U);
}

TEST(JournalFile, TellsWhenTheCallsOfALongestWindowWereSent) {
  const Folder folder;
  FileJournal::create(folder.path(), someHeader());
  const JournalContents empty = JournalContents::read(folder.path());
  JournalPen pen(JournalFacts::of(empty).headerChecksum, JournalFacts::of(empty).records);
  const std::vector<BulkItem> items = {{7, 1, "5"}};
  const auto now = std::chrono::system_clock::now();
  std::string text = contentOf(folder.path());
  text += pen.record(intentPayload({1, items}, now - 25h));
  text += pen.record(intentPayload({2, items}, now - 23h));
  text += pen.record(intentPayload({3, items}, now - 2h));
  write(folder.path(), text);
  EXPECT_EQ(FileJournal::open(folder.path(), someHeader().binding)->recentCalls().size(), 2U);
}

TEST(JournalFile, RefusedOptionsNameTheField) {
  const Folder folder;
  JournalOptions options;
  options.groupRecords = 0;
  EXPECT_THROW(FileJournal::create(folder.path(), someHeader(), options), BoxSdkError);
  options.groupRecords = 1;
  for (const std::chrono::milliseconds wait : {-1ms, std::chrono::milliseconds(1h) + 1ms}) {
    options.groupWait = wait;
    EXPECT_THROW(FileJournal::create(folder.path(), someHeader(), options), BoxSdkError) << wait.count();
  }
  EXPECT_EQ(folder.files(), 0U);
  options.groupWait = 1h;
  EXPECT_NO_THROW(FileJournal::create(folder.path(), someHeader(), options));
  options.groupWait = 0ms;
  EXPECT_NO_THROW(FileJournal::open(folder.path(), someHeader().binding, options));
  options.groupWait = -1ms;
  EXPECT_THROW(FileJournal::open(folder.path(), someHeader().binding, options), BoxSdkError);
}

}  // namespace
}  // namespace box

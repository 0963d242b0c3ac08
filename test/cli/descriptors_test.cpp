#include "process.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Descriptors and limits that the program inherits.
namespace box::cli::test {
namespace {

using testing::HasSubstr;

const Strings token = {"BOX_DEVELOPER_TOKEN=any"};

/// A pipe in non-blocking mode, as node, ssh and CI runners leave it.
struct NonBlockingPipe {
  NonBlockingPipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0); }
  ~NonBlockingPipe() {
    for (int& end : ends) close(end);
  }
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  int& readEnd() { return ends[0]; }
  int& writeEnd() { return ends[1]; }
  int waiting() const {
    int bytes = 0;
    ::ioctl(ends[0], FIONREAD, &bytes);
    return bytes;
  }

  std::array<int, 2> ends{-1, -1};
};

std::string numbered(int count) {
  std::string out;
  for (int i = 1; i <= count; ++i) out += std::to_string(i) + "\n";
  return out;
}

TEST(CliDescriptors, OutputThatDoesNotBlockIsWaitedFor) {
  EmulatorProcess emulator;
  const Folder folder;
  NonBlockingPipe pipe;
  ASSERT_GE(::fcntl(pipe.writeEnd(), F_SETPIPE_SZ, 4096), 0);
  const std::string filler(4096, '\n');
  ASSERT_EQ(::write(pipe.writeEnd(), filler.data(), filler.size()), 4096);
  Start start;
  start.arguments = joined(
      {"users", "--file", folder.file("list", numbered(100)), "--batch", "1", "--yes", "--json", "--rate", "none"},
      emulator.here());
  start.environment = token;
  start.outputDescriptor = pipe.writeEnd();
  Process process(std::move(start));
  NonBlockingPipe::close(pipe.writeEnd());
  // The program has its plan to write, and the pipe is full. A program that does not wait would fail soon.
  int looks = 0;
  ASSERT_TRUE(eventually([&] { return ++looks > 20; }));

  ASSERT_EQ(::fcntl(pipe.readEnd(), F_SETFL, 0), 0);
  std::string output;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = ::read(pipe.readEnd(), buffer.data(), buffer.size())) > 0;)
    output.append(buffer.data(), static_cast<std::size_t>(count));
  EXPECT_EQ(process.wait(), 0) << process.error();
  ASSERT_TRUE(output.starts_with(filler));
  const auto events = eventsIn(output.substr(filler.size()));
  EXPECT_EQ(std::count_if(events.begin(), events.end(), [](const auto& event) { return event.at("event") == "entry"; }),
            100);
  EXPECT_EQ(events.back().at("accepted"), 100);
}

TEST(CliDescriptors, InputThatDoesNotBlockIsWaitedFor) {
  EmulatorProcess emulator;
  NonBlockingPipe pipe;
  Start start;
  start.arguments = joined({"users", "--file", "-", "--yes"}, emulator.here());
  start.environment = token;
  start.inputDescriptor = pipe.readEnd();
  Process process(std::move(start));
  for (const char* const line : {"1\n", "2\n", "3\n"}) {
    ASSERT_EQ(::write(pipe.writeEnd(), line, 2), 2);
    ASSERT_TRUE(eventually([&] { return pipe.waiting() == 0; }));
  }
  NonBlockingPipe::close(pipe.writeEnd());
  EXPECT_EQ(process.wait(), 0) << process.error();
  EXPECT_THAT(process.output(), HasSubstr("3 users: 3 accepted"));
}

TEST(CliLimits, AFileThatMayNotGrowEndsTheRunWithAnAccount) {
  EmulatorProcess emulator;
  const Folder folder;
  Start start;
  start.arguments = joined({"users", "--file", folder.file("list", numbered(500)), "--batch", "1", "--rate", "none",
                            "--journal", folder.path("journal"), "--yes"},
                           emulator.here());
  start.environment = token;
  start.fileSizeLimit = 8192;
  const Result result = run(std::move(start));
  EXPECT_EQ(result.status, 4) << result.error;
  EXPECT_THAT(result.output, HasSubstr("500 users: ")) << result.error;
}

TEST(CliLimits, ARemainingListThatMayNotBeWrittenLeavesNothing) {
  EmulatorProcess emulator;
  const Folder folder;
  Start start;
  start.arguments =
      joined({"users", "--file", folder.file("list", numbered(5000)), "--remaining", folder.path("rest"), "--yes"},
             emulator.here());
  start.environment = token;
  start.fileSizeLimit = 8192;
  const Result result = run(std::move(start));
  EXPECT_EQ(result.error.find("it cannot be written"), std::string::npos) << result.error;
  EXPECT_EQ(result.status, 3) << result.error;
  EXPECT_THAT(result.error, HasSubstr("rest"));
  namespace fs = std::filesystem;
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path("")), fs::directory_iterator()), 1)
      << "only the list is written";
}

}  // namespace
}  // namespace box::cli::test

// The token in a file: what is refused, what remains after a failure, and what others see meanwhile, in this process
// and in other processes.
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "box/auth/token_storage.hpp"
#include "box/emulator/emulator.hpp"
#include "box/error.hpp"
#include "support/resources.hpp"
#include "support/sanitizers.hpp"

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using box::AccessToken;
using box::BoxSdkError;
using box::Deadline;
using box::Errc;
using box::FileTokenStorage;
using box::InMemoryTokenStorage;
using box::Secret;
using box::TokenStorage;
using box::test::Resources;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

using Steady = std::chrono::steady_clock;
using Token = TokenStorage::Token;
using Lock = std::shared_ptr<void>;

constexpr auto patience = 30s;
/// A secret that no error may show.
constexpr const char* secretValue = "Access-that-nobody-may-see-4711";
constexpr const char* secretRefresh = "Refresh-that-nobody-may-see-4712";

Token makeToken(const std::string& value, const std::string& refresh = {},
                std::optional<AccessToken::TimePoint> expiresAt = std::nullopt) {
  return std::make_shared<const AccessToken>(Secret(value), expiresAt, Secret(refresh));
}

Token secretToken() { return makeToken(secretValue, secretRefresh); }

std::string contentOf(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Sets a limit of the process, and restores it at the end.
class Limit {
 public:
  Limit(__rlimit_resource kind, rlim_t value) : kind_(kind) {
    EXPECT_EQ(::getrlimit(kind_, &before_), 0);
    rlimit now = before_;
    now.rlim_cur = value;
    EXPECT_EQ(::setrlimit(kind_, &now), 0);
  }
  ~Limit() { EXPECT_EQ(::setrlimit(kind_, &before_), 0); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  __rlimit_resource kind_;
  rlimit before_{};
};

class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

/// Another process that shares the file; see token_storage_peer.cpp.
class Peer {
 public:
  explicit Peer(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), BOX_TOKEN_STORAGE_PEER);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    output_ = pipe[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    EXPECT_EQ(::posix_spawn(&id_, pointers[0], &actions, nullptr, pointers.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
  }
  ~Peer() {
    kill();
    wait();
    ::close(output_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  std::string readLine() {
    std::string line;
    char c = 0;
    while (::read(output_, &c, 1) == 1 && c != '\n') line += c;
    return line;
  }
  void kill() {
    if (id_ > 0) ::kill(id_, SIGKILL);
  }
  /// The exit status; -1 where a signal killed the process.
  int wait() {
    int status = -1;
    if (id_ <= 0 || ::waitpid(id_, &status, 0) != id_) return -1;
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t id_ = -1;
  int output_ = -1;
};

/// An operation in progress, or its result.
template <class T>
struct Operation {
  using Result = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
  asio::cancellation_signal signal;
  bool done = false;
  std::exception_ptr failure;
  std::optional<Result> result;
};

class TokenStorageTest : public testing::Test {
 protected:
  TokenStorageTest() {
    std::string name = (fs::temp_directory_path() / "box-token-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
  }

  ~TokenStorageTest() override {
    ::chmod(folder.c_str(), 0700);
    fs::remove_all(folder);
  }

  void TearDown() override {
    io.reset();
    const Resources after = Resources::settledTo(before_);
    EXPECT_THAT(after.descriptors, testing::SizeIs(before_.descriptors.size()));
    EXPECT_EQ(after.threads, before_.threads);
  }

  std::string path() const { return (folder / "token").string(); }
  FileTokenStorage storage() const { return FileTokenStorage(path()); }

  template <class T>
  std::shared_ptr<Operation<T>> start(asio::awaitable<T> work) {
    auto operation = std::make_shared<Operation<T>>();
    const auto slot = operation->signal.slot();
    if constexpr (std::is_void_v<T>) {
      asio::co_spawn(*io, std::move(work), asio::bind_cancellation_slot(slot, [operation](std::exception_ptr e) {
        operation->failure = std::move(e);
        operation->done = true;
      }));
    } else {
      asio::co_spawn(*io, std::move(work),
                     asio::bind_cancellation_slot(slot, [operation](std::exception_ptr e, T result) {
                       operation->failure = std::move(e);
                       operation->result = std::move(result);
                       operation->done = true;
                     }));
    }
    return operation;
  }

  /// The same, and the first step of the work has run. With Boost 1.83 Asio throws a cancellation out of run() if it
  /// comes before that step.
  template <class T>
  std::shared_ptr<Operation<T>> begin(asio::awaitable<T> work) {
    auto operation = start(std::move(work));
    io->restart();
    io->poll_one();
    return operation;
  }

  template <class T>
  void finish(const std::shared_ptr<Operation<T>>& operation) {
    io->restart();
    for (const auto end = Steady::now() + patience; !operation->done && Steady::now() < end;) {
      if (io->run_one_for(10ms) == 0) io->restart();
    }
    ASSERT_TRUE(operation->done) << "the operation does not end";
  }

  template <class T>
  T await(asio::awaitable<T> work) {
    const auto operation = start(std::move(work));
    finish(operation);
    if (operation->failure) std::rethrow_exception(operation->failure);
    if constexpr (!std::is_void_v<T>) return std::move(operation->result.value());
  }

  /// The error with which the operation ends, which must not show a secret.
  template <class T>
  BoxSdkError errorOf(asio::awaitable<T> work) {
    const auto operation = start(std::move(work));
    finish(operation);
    try {
      if (operation->failure) std::rethrow_exception(operation->failure);
    } catch (const BoxSdkError& error) {
      EXPECT_THAT(error.what(), AllOf(Not(HasSubstr(secretValue)), Not(HasSubstr(secretRefresh))));
      return error;
    } catch (const std::exception& error) {
      ADD_FAILURE() << "another exception: " << error.what();
      return BoxSdkError(Errc::invalidRequest, "no error of the library");
    }
    ADD_FAILURE() << "the operation has not failed";
    return BoxSdkError(Errc::invalidRequest, "no error of the library");
  }

  template <class T>
  void expectRefused(asio::awaitable<T> work, const std::string& reason) {
    const BoxSdkError error = errorOf(std::move(work));
    EXPECT_EQ(error.code(), Errc::tokenUnavailable);
    EXPECT_THAT(error.what(), HasSubstr(reason));
    EXPECT_THAT(error.what(), HasSubstr(folder.string()));
  }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path().filename().string());
    return found;
  }

  mode_t modeOf(const fs::path& file) const {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
    return status.st_mode & 07777;
  }

  void write(const std::string& text, mode_t mode = 0600) const {
    std::ofstream(path()) << text;
    EXPECT_EQ(::chmod(path().c_str(), mode), 0);
  }

  static bool isRoot() { return ::geteuid() == 0; }

  fs::path folder;
  std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>(1);

 private:
  const Resources before_ = Resources::now();
};

// ----------------------------------------------------------------------------------------------------------- in memory

TEST_F(TokenStorageTest, MemoryKeepsTheLastToken) {
  InMemoryTokenStorage storage;
  EXPECT_FALSE(await(storage.get()));
  const Token token = makeToken("T1");
  await(storage.store(token));
  EXPECT_EQ(await(storage.get()), token);
  await(storage.clear());
  EXPECT_FALSE(await(storage.get()));
  InMemoryTokenStorage initial(token);
  EXPECT_EQ(await(initial.get()), token);
  EXPECT_FALSE(await(storage.lock(Deadline()))) << "storage in memory has no lock";
}

TEST_F(TokenStorageTest, AStorageMayGoBeforeItsOperationIsAwaited) {
  std::optional<asio::awaitable<Token>> fromMemory, fromFile;
  std::optional<asio::awaitable<void>> store;
  {
    InMemoryTokenStorage memory(makeToken("T1"));
    fromMemory = memory.get();
    FileTokenStorage file = storage();
    store = file.store(makeToken("T2"));
    fromFile = file.get();
  }
  EXPECT_EQ(await(std::move(*fromMemory))->value().reveal(), "T1");
  await(std::move(*store));
  EXPECT_EQ(await(std::move(*fromFile))->value().reveal(), "T2");
}

// ----------------------------------------------------------------------------------------------------------- in a file

TEST_F(TokenStorageTest, KeepsATokenForTheNextRun) {
  const auto expiry = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + 1h;
  await(storage().store(makeToken("T1", "R1", expiry)));
  const Token token = await(storage().get());
  ASSERT_TRUE(token);
  EXPECT_EQ(token->value().reveal(), "T1");
  EXPECT_EQ(token->refreshToken().reveal(), "R1");
  EXPECT_EQ(token->expiresAt(), expiry);

  await(storage().store(makeToken("T2")));
  EXPECT_EQ(await(storage().get())->value().reveal(), "T2");
  EXPECT_TRUE(await(storage().get())->refreshToken().empty());
  EXPECT_THAT(names(), UnorderedElementsAre("token"));
}

TEST_F(TokenStorageTest, ARelativePathIsInTheWorkingFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  FileTokenStorage storage("token");
  await(storage.store(makeToken("T1")));
  EXPECT_EQ(await(storage.get())->value().reveal(), "T1");
  EXPECT_THAT(names(), UnorderedElementsAre("token"));
  fs::current_path(before);
}

TEST_F(TokenStorageTest, NoFileMeansNoToken) {
  EXPECT_FALSE(await(storage().get()));
  FileTokenStorage nowhere((folder / "none" / "token").string());
  EXPECT_FALSE(await(nowhere.get()));
  await(nowhere.clear());
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(TokenStorageTest, ClearingRemovesTheFile) {
  await(storage().store(secretToken()));
  await(storage().clear());
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_FALSE(await(storage().get()));
  await(storage().clear());
  await(storage().store(secretToken()));
  await(storage().store(nullptr));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(TokenStorageTest, OnlyTheOwnerMayReadWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{022}, mode_t{077}, mode_t{0777}}) {
    const Umask umask(mask);
    await(storage().store(makeToken("T1")));
    const Lock lock = await(storage().lock(5s));
    EXPECT_EQ(modeOf(path()), 0600U) << std::oct << mask;
    EXPECT_EQ(modeOf(path() + ".lock"), 0600U) << std::oct << mask;
    fs::remove(path());
    fs::remove(path() + ".lock");
  }
}

// ----------------------------------------------------------------------------------------------------- what is refused

TEST_F(TokenStorageTest, ASymbolicLinkIsRefused) {
  const fs::path target = folder / "target";
  FileTokenStorage other(target.string());
  await(other.store(secretToken()));
  fs::create_symlink(target, path());
  expectRefused(storage().get(), "symbolic link");
  expectRefused(storage().store(makeToken("T2")), "symbolic link");
  expectRefused(storage().clear(), "symbolic link");
  EXPECT_THAT(names(), UnorderedElementsAre("token", "target"));
  EXPECT_EQ(await(other.get())->value().reveal(), secretValue);
}

TEST_F(TokenStorageTest, ADanglingLinkIsNoMissingFile) {
  fs::create_symlink(folder / "nothing", path());
  expectRefused(storage().get(), "symbolic link");
  expectRefused(storage().store(secretToken()), "symbolic link");
  EXPECT_THAT(names(), UnorderedElementsAre("token"));
}

TEST_F(TokenStorageTest, APipeIsRefusedAndNotWaitedFor) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  expectRefused(storage().get(), "not a regular file");
  expectRefused(storage().store(secretToken()), "not a regular file");
  expectRefused(storage().clear(), "not a regular file");
  ASSERT_EQ(::mkfifo((path() + ".lock").c_str(), 0600), 0);
  expectRefused(storage().lock(5s), "not a regular file");
}

TEST_F(TokenStorageTest, AFolderIsRefused) {
  fs::create_directory(path());
  expectRefused(storage().get(), "not a regular file");
  expectRefused(storage().store(secretToken()), "not a regular file");
  expectRefused(storage().clear(), "not a regular file");
  fs::create_directory(path() + ".lock");
  expectRefused(storage().lock(5s), ".lock");
  EXPECT_THAT(names(), UnorderedElementsAre("token", "token.lock"));
}

TEST_F(TokenStorageTest, AFileThatOthersMayReadIsRefused) {
  await(storage().store(secretToken()));
  for (const mode_t mode : {0640U, 0604U, 0660U, 0666U, 0777U}) {
    ASSERT_EQ(::chmod(path().c_str(), mode), 0);
    expectRefused(storage().get(), "chmod 600");
  }
}

TEST_F(TokenStorageTest, AFileOfAnotherUserIsRefused) {
  if (!isRoot()) GTEST_SKIP() << "needs root to give a file away";
  await(storage().store(secretToken()));
  { const Lock lock = await(storage().lock(5s)); }
  const std::string content = contentOf(path());
  ASSERT_EQ(::chown(path().c_str(), 65534, 65534), 0);
  ASSERT_EQ(::chown((path() + ".lock").c_str(), 65534, 65534), 0);
  expectRefused(storage().get(), "another user");
  expectRefused(storage().store(makeToken("T2")), "another user");
  expectRefused(storage().clear(), "another user");
  expectRefused(storage().lock(5s), "another user");
  EXPECT_EQ(contentOf(path()), content);
}

TEST_F(TokenStorageTest, AFolderThatOthersMayWriteToIsRefused) {
  await(storage().store(secretToken()));
  for (const mode_t mode : {0770U, 0707U, 0777U}) {
    ASSERT_EQ(::chmod(folder.c_str(), mode), 0);
    expectRefused(storage().get(), "chmod go-w");
    expectRefused(storage().store(makeToken("T2")), "chmod go-w");
    expectRefused(storage().lock(5s), "chmod go-w");
  }
  ASSERT_EQ(::chmod(folder.c_str(), 01777), 0);
  EXPECT_EQ(await(storage().get())->value().reveal(), secretValue) << "a folder with the sticky bit is accepted";
  await(storage().store(makeToken("T2")));
  ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
  EXPECT_EQ(await(storage().get())->value().reveal(), "T2");
  ASSERT_EQ(::chmod(folder.c_str(), 0777), 0);
  await(storage().clear());  // a secret may be removed whatever the folder's mode is
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(TokenStorageTest, AFolderOfAnotherUserIsRefused) {
  if (!isRoot()) GTEST_SKIP() << "needs root to give a folder away";
  await(storage().store(secretToken()));
  ASSERT_EQ(::chown(folder.c_str(), 65534, 65534), 0);
  expectRefused(storage().get(), "another user");
  expectRefused(storage().store(secretToken()), "another user");
  expectRefused(storage().lock(5s), "another user");
}

TEST_F(TokenStorageTest, WhatIsNoTokenIsRefusedWithoutShowingIt) {
  for (const std::string& text :
       {std::string("{}"), std::string(secretValue), "{\"access_token\":\"" + std::string(secretValue) + "\"",
        "{\"access_token\":\"" + std::string(secretValue) + "\",\"expires_in\":3600}"}) {
    write(text);
    expectRefused(storage().get(), "sign in again");
  }
  write(std::string(65 * 1024, ' '));
  expectRefused(storage().get(), "larger than");
  await(storage().store(makeToken("T2")));
  EXPECT_EQ(await(storage().get())->value().reveal(), "T2") << "signing in again replaces the wrong file";
}

TEST_F(TokenStorageTest, AnEmptyFileHoldsNoToken) {
  for (const char* const text : {"", "\n", " \r\n"}) {
    write(text);
    EXPECT_FALSE(await(storage().get()));
  }
  await(storage().store(makeToken("T1")));
  EXPECT_EQ(await(storage().get())->value().reveal(), "T1");
}

TEST_F(TokenStorageTest, AKilledRunLeavesNoTokenBesideTheFileForEver) {
  const std::string left = path() + ".box-sessions-new";
  std::ofstream(left) << secretValue;
  await(storage().store(makeToken("T1")));
  EXPECT_THAT(names(), UnorderedElementsAre("token"));
  std::ofstream(left) << secretValue;
  await(storage().clear());
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(TokenStorageTest, AKilledRunsTokenGoesWithTheNextLookUnderTheLock) {
  await(storage().store(makeToken("T1")));
  const std::string left = path() + ".box-sessions-new";
  std::ofstream(left) << secretValue;
  const auto lock = await(storage().lock(5s));
  EXPECT_EQ(await(storage().get())->value().reveal(), "T1");
  EXPECT_THAT(names(), UnorderedElementsAre("token", "token.lock"));
}

TEST_F(TokenStorageTest, ALinkInTheLocksPlaceIsRefused) {
  fs::create_symlink(folder / "elsewhere", path() + ".lock");
  expectRefused(storage().lock(5s), "symbolic link");
  EXPECT_THAT(names(), UnorderedElementsAre("token.lock"));
}

TEST_F(TokenStorageTest, AnErrorShowsNoControlCharacters) {
  FileTokenStorage storage((folder / "a\x1b[2Jb").string());
  fs::create_directory(folder / "a\x1b[2Jb");
  const BoxSdkError error = errorOf(storage.get());
  EXPECT_THAT(error.what(), Not(HasSubstr("\x1b")));
}

// ------------------------------------------------------------------------------------------------------------ failures

TEST_F(TokenStorageTest, AStoreThatFailsLeavesTheOldTokenAndNothingElse) {
  await(storage().store(makeToken("T1", "R1")));
  const std::string content = contentOf(path());
  const std::string large(8000, 'a');
  for (const rlim_t size : {rlim_t{0}, rlim_t{1}, rlim_t{4096}}) {
    // The signal SIGXFSZ does not reach the program, because the storage's thread blocks it.
    const Limit limit(RLIMIT_FSIZE, size);
    const BoxSdkError error = errorOf(storage().store(makeToken(large, secretRefresh)));
    EXPECT_EQ(error.code(), Errc::tokenUnavailable);
    EXPECT_EQ(error.cause().value(), EFBIG);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(path()), HasSubstr("File too large")));
  }
  EXPECT_EQ(contentOf(path()), content);
  EXPECT_THAT(names(), UnorderedElementsAre("token"));
  await(storage().store(makeToken(large)));
  EXPECT_EQ(await(storage().get())->value().reveal(), large);
}

TEST_F(TokenStorageTest, AFolderThatHasVanishedIsNamed) {
  const fs::path inner = folder / "inner";
  fs::create_directory(inner);
  FileTokenStorage storage((inner / "token").string());
  await(storage.store(secretToken()));
  fs::remove_all(inner);
  for (const BoxSdkError& error : {errorOf(storage.store(secretToken())), errorOf(storage.lock(5s))}) {
    EXPECT_EQ(error.code(), Errc::tokenUnavailable);
    EXPECT_EQ(error.cause().value(), ENOENT);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(inner.string()), HasSubstr("create it")));
  }
  EXPECT_FALSE(await(storage.get()));
}

TEST_F(TokenStorageTest, APathThroughAFileIsAnError) {
  std::ofstream(folder / "file") << "";
  FileTokenStorage storage((folder / "file" / "token").string());
  expectRefused(storage.get(), "Not a directory");
  expectRefused(storage.store(secretToken()), "Not a directory");
}

TEST_F(TokenStorageTest, ANameThatIsTooLongForTheNewFileIsAnError) {
  const std::string name(250, 'n');
  FileTokenStorage storage((folder / name).string());
  EXPECT_EQ(errorOf(storage.store(secretToken())).cause().value(), ENAMETOOLONG);
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(TokenStorageTest, WithoutDescriptorsItIsTheMachinesFault) {
  // The sanitizer checks objects with a pipe, and without a free descriptor for it takes an object for invalid.
  if (box::test::underAddressSanitizer) return;
  await(storage().store(secretToken()));
  FileTokenStorage file = storage();
  const Limit limit(RLIMIT_NOFILE, 3);  // so many are open already
  EXPECT_EQ(errorOf(file.get()).code(), Errc::localResource);
  EXPECT_EQ(errorOf(file.store(makeToken("T2"))).code(), Errc::localResource);
  EXPECT_EQ(errorOf(file.lock(5s)).code(), Errc::localResource);
}

// ----------------------------------------------------------------------------------------------------- what others see

TEST_F(TokenStorageTest, AReaderNeverSeesHalfAToken) {
  constexpr int stores = 500;
  const auto numbered = [](int i) {
    const std::string digits = std::to_string(1'000'000 + i);
    std::string value, refresh(digits);
    for (int k = 0; k < 500; ++k) value += digits;
    return makeToken(value, refresh);
  };
  await(storage().store(numbered(0)));
  std::atomic<bool> over{false};
  int seen = 0;
  std::thread reader([&] {
    FileTokenStorage file = storage();
    while (!over) {
      asio::io_context ownIo(1);
      Token token;
      std::exception_ptr failure;
      asio::co_spawn(ownIo, file.get(), [&](std::exception_ptr e, Token found) {
        failure = std::move(e);
        token = std::move(found);
      });
      ownIo.run();
      if (failure || !token || token->value().size() != 3500 ||
          token->value().reveal().substr(3493) != token->refreshToken().reveal()) {
        ADD_FAILURE() << "half a token";
        return;
      }
      ++seen;
    }
  });
  FileTokenStorage file = storage();
  for (int i = 1; i <= stores; ++i) await(file.store(numbered(i)));
  over = true;
  reader.join();
  EXPECT_GT(seen, 10);
  EXPECT_THAT(names(), UnorderedElementsAre("token"));
}

TEST_F(TokenStorageTest, ALockKeepsOthersOutUntilItGoes) {
  FileTokenStorage first = storage(), second = storage();
  Lock lock = await(first.lock(Deadline()));
  ASSERT_TRUE(lock);
  for (FileTokenStorage* other : {&second, &first}) {
    const auto started = Steady::now();
    const BoxSdkError error = errorOf(other->lock(100ms));
    EXPECT_GE(Steady::now() - started, 100ms);
    EXPECT_LT(Steady::now() - started, 10s);
    EXPECT_EQ(error.code(), Errc::tokenUnavailable);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("another process holds the lock"), HasSubstr(path() + ".lock")));
  }
  EXPECT_EQ(errorOf(second.lock(0s)).code(), Errc::tokenUnavailable);

  const auto waiting = start(second.lock(patience));
  io->run_for(60ms);
  EXPECT_FALSE(waiting->done);
  lock.reset();
  finish(waiting);
  ASSERT_FALSE(waiting->failure);
  ASSERT_TRUE(waiting->result && *waiting->result);
  EXPECT_EQ(errorOf(first.lock(10ms)).code(), Errc::tokenUnavailable);
  waiting->result.reset();
  EXPECT_TRUE(await(first.lock(5s)));
  EXPECT_THAT(names(), UnorderedElementsAre("token.lock"));
}

TEST_F(TokenStorageTest, TheLockIsFreeAsSoonAsItHasGone) {
  FileTokenStorage first = storage(), second = storage();
  for (int i = 0; i < 50; ++i) {
    Lock lock = await(first.lock(5s));
    await(first.store(makeToken("T1")));
    EXPECT_TRUE(await(first.get()));
    lock.reset();
    EXPECT_TRUE(await(second.lock(5s)));
  }
}

TEST_F(TokenStorageTest, TheLockOutlivesTheStorage) {
  FileTokenStorage other = storage();
  Lock lock = await(storage().lock(5s));
  EXPECT_EQ(errorOf(other.lock(10ms)).code(), Errc::tokenUnavailable);
  lock.reset();
  EXPECT_TRUE(await(other.lock(5s)));
}

TEST_F(TokenStorageTest, ACancelledWaitForTheLockLeavesNothingOpen) {
  FileTokenStorage first = storage(), second = storage();
  const Lock lock = await(first.lock(5s));
  const std::size_t open = Resources::now().descriptors.size();
  for (int i = 0; i < 20; ++i) {
    const auto waiting = begin(second.lock(patience));
    io->run_for(std::chrono::milliseconds(i));
    EXPECT_FALSE(waiting->done);
    waiting->signal.emit(asio::cancellation_type::terminal);
    finish(waiting);
    try {
      if (waiting->failure) std::rethrow_exception(waiting->failure);
      ADD_FAILURE() << "the operation was not cancelled";
    } catch (const boost::system::system_error& error) {
      EXPECT_EQ(error.code(), asio::error::operation_aborted);
    }
  }
  const auto end = Steady::now() + patience;
  while (Resources::now().descriptors.size() != open && Steady::now() < end) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(Resources::now().descriptors.size(), open);
}

TEST_F(TokenStorageTest, TheIoContextMayGoAtAnyMoment) {
  FileTokenStorage file = storage();
  await(file.store(makeToken("T0")));
  for (int i = 0; i < 200; ++i) {
    const auto store = start(file.store(makeToken("T" + std::to_string(i))));
    const auto get = start(file.get());
    const auto lock = start(file.lock(patience));
    io->restart();
    io->run_for(std::chrono::microseconds(20 * i));
    io = std::make_unique<asio::io_context>(1);
  }
  EXPECT_TRUE(await(file.lock(patience)));
  EXPECT_TRUE(await(file.get()));
}

TEST_F(TokenStorageTest, AStoreThatIsCancelledHoldsTheLockToItsEnd) {
  FileTokenStorage first = storage(), second = storage();
  await(first.store(makeToken("T0")));
  for (int i = 0; i < 100; ++i) {
    Lock lock = await(first.lock(patience));
    const auto store = begin(first.store(makeToken("T" + std::to_string(i))));
    io->run_for(std::chrono::microseconds(10 * i));
    store->signal.emit(asio::cancellation_type::terminal);
    finish(store);
    lock.reset();

    const Lock others = await(second.lock(patience));
    const std::string content = contentOf(path());
    std::this_thread::sleep_for(2ms);
    EXPECT_EQ(contentOf(path()), content) << "the file was changed while another process had the lock";
  }
  const auto end = Steady::now() + patience;
  while (names().size() != 2 && Steady::now() < end) std::this_thread::sleep_for(1ms);
  EXPECT_THAT(names(), UnorderedElementsAre("token", "token.lock"));
}

TEST_F(TokenStorageTest, TheLockOfAKilledProcessIsFree) {
  Peer peer({"hold", path()});
  ASSERT_EQ(peer.readLine(), "held");
  FileTokenStorage file = storage();
  EXPECT_EQ(errorOf(file.lock(50ms)).code(), Errc::tokenUnavailable);
  const auto waiting = start(file.lock(patience));
  io->restart();
  io->run_for(20ms);
  EXPECT_FALSE(waiting->done);
  peer.kill();
  finish(waiting);
  EXPECT_TRUE(waiting->result && *waiting->result);
  EXPECT_EQ(peer.wait(), -1);
}

TEST_F(TokenStorageTest, OfFourProcessesNoneLosesWhatAnotherStored) {
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 4; ++i)
    peers.push_back(std::make_unique<Peer>(std::vector<std::string>{"increment", path(), "50"}));
  for (const auto& peer : peers) EXPECT_EQ(peer->wait(), 0);
  const Token token = await(storage().get());
  ASSERT_TRUE(token);
  EXPECT_EQ(token->refreshToken().reveal(), "200");
  EXPECT_THAT(names(), UnorderedElementsAre("token", "token.lock"));
}

TEST_F(TokenStorageTest, FourProcessesShareASingleUseRefreshTokenThroughTwoHundredRefreshes) {
  box::emulator::EmulatorOptions options;
  options.clientId = "the-client";
  options.clientSecret = "the-secret";
  options.refreshTokens = {"first"};
  box::emulator::Emulator emulator(options);
  const std::string ca = path() + ".ca";
  std::ofstream(ca) << emulator.caPem();
  await(storage().store(
      std::make_shared<const AccessToken>(Secret("expired"), AccessToken::TimePoint(1s), Secret("first"))));

  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 4; ++i) {
    peers.push_back(std::make_unique<Peer>(std::vector<std::string>{"refresh", path(), "50", emulator.baseUrl(), ca}));
  }
  // No process was ever refused a refresh token; otherwise it would have failed.
  for (const auto& peer : peers) EXPECT_EQ(peer->wait(), 0);
  EXPECT_EQ(emulator.counts().tokenRequestsOf("refresh_token"), 200U);
  EXPECT_GE(emulator.accepted().size(), 200U);
}

}  // namespace

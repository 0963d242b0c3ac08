// The rules of the sources: which folder may include which, and what must not stand in an expression with co_await.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
using Rooms = std::set<std::string>;

// The table in src/README.md.
struct Table {
  std::map<std::string, Rooms> order;        // which modules each module may include besides itself
  std::map<std::string, std::string> named;  // the modules of the files and folders that a row names
};

// A module may include those in the rows above it, except those in its last column.
Table readTable(std::istream& lines) {
  static const std::regex row(R"(\| ([a-z_]+) \| ([^|]+) \|([^|]*)\|)"), word("[a-z_]+"), file("`([a-z_/]+)`");
  Table table;
  Rooms above;
  const std::sregex_iterator end;
  for (std::string line; std::getline(lines, line);) {
    if (!table.order.empty() && !line.starts_with("|")) break;  // other tables follow
    std::smatch match;
    if (!std::regex_match(line, match, row) || match[1] == "module") continue;
    const std::string contents = match[2], not_allowed = match[3];
    for (std::sregex_iterator f(contents.begin(), contents.end(), file); f != end; ++f) {
      EXPECT_TRUE(table.named.emplace((*f)[1], match[1]).second) << (*f)[1] << " is in two rows";
    }
    Rooms allowed = above;
    for (std::sregex_iterator w(not_allowed.begin(), not_allowed.end(), word); w != end; ++w) {
      EXPECT_EQ(allowed.erase(w->str()), 1u) << w->str() << " is not a module in a row above that of " << match[1];
    }
    table.order[match[1]] = allowed;
    above.insert(match[1]);
  }
  table.order["emulator"] = {};
  return table;
}

const Table& table() {
  static const Table read = [] {
    std::ifstream page(fs::path(BOX_SOURCE_DIR) / "src/README.md");
    return readTable(page);
  }();
  return read;
}

const std::map<std::string, Rooms>& order() { return table().order; }

// The file as an include line names it, without its extension: "pool/lease" for "src/pool/lease.hpp".
std::string nameOf(const fs::path& file) {
  std::string path = file.generic_string();
  for (const std::string_view root : {"include/box/", "src/"}) {
    if (path.starts_with(root)) path.erase(0, root.size());
  }
  return path.substr(0, path.rfind('.'));
}

// "src/pool/lease.hpp" and "include/box/pool/lease.hpp" are in "pool".
std::string roomOf(const fs::path& file) {
  const std::string name = nameOf(file);
  const std::string folder = name.substr(0, name.find('/'));
  for (const std::string& named : {name, folder}) {
    if (const auto known = table().named.find(named); known != table().named.end()) return known->second;
  }
  return folder;
}

struct Source {
  fs::path path;  // relative to the project's root
  std::string text;
};

std::vector<std::string> layeringViolations(const std::vector<Source>& sources) {
  std::set<std::string> known;
  for (const Source& source : sources) known.insert(source.path.generic_string());
  static const std::regex include(R"re(^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">])re");

  std::vector<std::string> violations;
  for (const Source& source : sources) {
    const std::string here = source.path.generic_string();
    const std::string room = roomOf(source.path);
    const bool isPublic = here.starts_with("include/");
    std::istringstream lines(source.text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      const std::string name = match[2];
      const auto violation = [&](const std::string& why) {
        violations.push_back(here + ":" + std::to_string(number) + ": " + name + ": " + why);
      };
      if (isPublic && std::regex_search(name, std::regex("^(boost/(beast|json|asio/ssl)|openssl/)"))) {
        violation("public headers do not know it");
      }
      std::optional<std::string> target;
      if (name.starts_with("box/")) {
        target = "include/" + name;
      } else if (match[1] == "\"") {
        const std::string beside = (source.path.parent_path() / name).lexically_normal().generic_string();
        target = known.contains(beside) ? beside : "src/" + name;
      }
      if (!target) continue;
      const std::string other = roomOf(*target);
      if (isPublic && !target->starts_with("include/")) violation("is not installed");
      if (room == "box") {
        if (other == "emulator") violation("everything, but not the emulator");
      } else if (room == "cli") {
        // A header of Windows' functions is no function of the library.
        const bool isOfWindows = source.path.generic_string().starts_with("src/cli/system/windows/") &&
                                 target->starts_with("src/system/windows/");
        if (other != "cli" && !target->starts_with("include/box/") && !isOfWindows)
          violation("the program is a user: include/box only");
      } else if (!order().contains(room)) {
        violation("no such room: " + room);
      } else if (other != room && !order().at(room).contains(other)) {
        violation(room + " may not know " + other);
      } else if (room == "bulk" && other == "session_termination" && !target->starts_with("include/")) {
        violation("bulk knows of it what is public");
      }
    }
  }
  return violations;
}

// Only these folders may include a system's headers, and no source may ask which system it is compiled for: CMake
// chooses the folder.
bool isOfOneSystem(const std::string& path) {
  static const std::regex folder("^src/((cli|emulator)/)?system/(posix|windows)/");
  return std::regex_search(path, folder);
}

std::vector<std::string> systemViolations(const Source& source) {
  if (isOfOneSystem(source.path.generic_string())) return {};
  static const std::regex header(
      R"(^[ \t]*#[ \t]*include[ \t]*<((sys|net|netinet|arpa|linux|bits|asm)/.*|(unistd|fcntl|netdb|termios|poll|pthread|signal|dirent|pwd|grp|spawn|dlfcn|sched|semaphore|ifaddrs|syslog|io|direct|process|conio|windows|winsock2|ws2tcpip|mswsock|wincrypt|bcrypt|aclapi|sddl|shellapi|share)\.h)>)",
      std::regex::icase);
  static const std::regex question(
      R"(^[ \t]*#[ \t]*(if|elif|ifdef|ifndef)\b.*\b(_WIN32|_WIN64|WIN32|__MINGW\w*|__CYGWIN__|_MSC_VER|__linux\w*|linux|__unix\w*|unix|__APPLE__|__MACH__|__\w*BSD__|__ANDROID__|_POSIX\w*|BOOST_ASIO_(WINDOWS|HAS)\w*)\b)");
  std::vector<std::string> violations;
  std::istringstream lines(source.text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto violation = [&](const std::string& why) {
      violations.push_back(source.path.generic_string() + ":" + std::to_string(number) + ": " + line + ": " + why);
    };
    if (std::regex_search(line, header)) violation("a header of one system; declare what is needed in a system folder");
    if (std::regex_search(line, question)) violation("the system is chosen by CMake, not by the preprocessor");
  }
  return violations;
}

// The text between semicolons and single braces, without comments and literals: what these rules take for a statement.
std::string withoutCommentsAndLiterals(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (text.compare(i, 2, "//") == 0) {
      i = std::min(text.find('\n', i), text.size());
      out += '\n';
    } else if (text.compare(i, 2, "/*") == 0) {
      const std::size_t end = std::min(text.find("*/", i), text.size());
      out.append(static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(i),
                                                     text.begin() + static_cast<std::ptrdiff_t>(end), '\n')),
                 '\n');
      i = end + 1;
    } else if (c == '"' && i > 0 && text[i - 1] == 'R') {
      const std::size_t open = text.find('(', i);
      const std::string close = ")" + text.substr(i + 1, open - i - 1) + "\"";
      const std::size_t end = std::min(text.find(close, open), text.size());
      out += "\"\"";
      out.append(static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(i),
                                                     text.begin() + static_cast<std::ptrdiff_t>(end), '\n')),
                 '\n');
      i = end + close.size() - 1;
    } else if (c == '"' || (c == '\'' && (i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1]))))) {
      std::size_t end = i + 1;
      while (end < text.size() && text[end] != c && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
      out += std::string(2, c);
      i = end;
    } else {
      out += c;
    }
  }
  return out;
}

// On g++ 12 each of these is destroyed twice if it stands in one full expression with co_await.
std::optional<std::string> trapIn(const std::string& expression) {
  static const std::vector<std::pair<std::regex, std::string>> traps = {
      {std::regex(R"([({,]\s*\{)"), "braces without a type"},
      {std::regex(R"(\b[A-Z]\w*(<[^;{}]*>)?\{)"), "braces behind a type"},
      {std::regex(R"([(,=]\s*\[[^\]]*\w\s*=)"), "a capture by value"},
      {std::regex(R"([(,=]\s*\[([^\]]*,\s*)?(?!this\b)\w+\s*(,[^\]]*)?\]\s*[({])"), "a capture by value"},
      {std::regex(R"([(,]\s*\[=)"), "a capture by value"},
      {std::regex(R"(\?)"), "?:"},
  };
  for (const auto& [pattern, name] : traps) {
    if (std::regex_search(expression, pattern)) return name;
  }
  return std::nullopt;
}

std::vector<std::string> coAwaitViolations(const Source& source) {
  std::vector<std::string> violations;
  const std::string text = withoutCommentsAndLiterals(source.text);
  for (std::size_t at = text.find("co_await"); at != std::string::npos; at = text.find("co_await", at + 1)) {
    // From the end of the previous statement to its own end. A brace that opens a block belongs to no statement.
    std::size_t begin = at;
    int depth = 0;
    while (begin > 0) {
      const char c = text[begin - 1];
      if (c == ')' || c == ']') ++depth;
      if (c == '(' || c == '[') --depth;
      if (c == ';' && depth <= 0) break;
      if ((c == '{' || c == '}') && depth >= 0 && text.find_first_not_of(" \t", begin) != std::string::npos &&
          text[text.find_first_not_of(" \t", begin)] == '\n') {
        break;
      }
      --begin;
    }
    const std::size_t end = std::min(text.find(';', at), text.size());
    std::string expression = text.substr(begin, end - begin);
    // `if (co_await f()) {` ends where its block begins.
    if (const std::size_t block = expression.find(") {\n"); block != std::string::npos) expression.erase(block + 1);
    if (const std::optional<std::string> trap = trapIn(expression)) {
      const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
      violations.push_back(source.path.generic_string() + ":" + std::to_string(line) + ": " + *trap +
                           " in an expression with co_await");
    }
  }
  return violations;
}

// Functions of the same name in namespaces without a name of two sources of one folder. Where these are compiled as one
// (CMAKE_UNITY_BUILD), a call would choose between them without a word; other names that are there twice do not
// compile.
std::vector<std::string> sharedFunctions(const std::vector<Source>& sources) {
  static const std::regex function(R"re(^(?!using|template|class|struct|enum|friend)[A-Za-z_\[][^(=;"]*?(\w+)\()re");
  std::map<std::string, std::string> known;
  std::vector<std::string> shared;
  for (const Source& source : sources) {
    if (source.path.extension() != ".cpp") continue;
    std::istringstream lines(source.text);
    bool isInside = false;
    for (std::string line; std::getline(lines, line);) {
      if (line == "namespace {") isInside = true;
      if (line == "}  // namespace") isInside = false;
      std::smatch match;
      if (!isInside || !std::regex_search(line, match, function)) continue;
      const std::string here = source.path.generic_string();
      const std::string name = source.path.parent_path().generic_string() + "/" + std::string(match[1]);
      const auto [other, isNew] = known.emplace(name, here);
      if (!isNew && other->second != here)
        shared.push_back(std::string(match[1]) + ": " + other->second + " and " + here);
    }
  }
  return shared;
}

std::vector<Source> sourcesOf(const std::vector<std::string>& roots) {
  const fs::path project = BOX_SOURCE_DIR;
  std::vector<Source> sources;
  for (const std::string& root : roots) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(project / root)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".hpp" && extension != ".cpp") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      sources.push_back({fs::relative(entry.path(), project), text.str()});
    }
  }
  return sources;
}

std::vector<std::string> layeringOf(const std::string& path, const std::string& line) {
  return layeringViolations({{path, line + "\n"}});
}

TEST(Layering, NobodyKnowsWhoStandsBelow) {
  const std::vector<Source> sources = sourcesOf({"include", "src"});
  ASSERT_GT(sources.size(), 30u);
  EXPECT_THAT(layeringViolations(sources), testing::IsEmpty());
}

// Two minor versions before 1.0 differ in their ABI; each has its own names, so that one process can have both.
TEST(Layering, EveryNameIsInTheNamespaceOfItsVersion) {
  static const std::regex opened(R"((?:^|\n)[ \t]*namespace box((?:::)?[^\n{]*)\{)");
  const std::string version = std::string("::inline v") + BOX_VERSION_IN_NAMES;
  std::size_t found = 0;
  for (const Source& source : sourcesOf({"include/box", "src"})) {
    if (roomOf(source.path) == "cli") continue;
    for (std::sregex_iterator at(source.text.begin(), source.text.end(), opened), end; at != end; ++at, ++found) {
      EXPECT_THAT((*at)[1].str(), testing::StartsWith(version)) << source.path;
    }
  }
  EXPECT_GT(found, 300u);
}

TEST(Layering, TheTableNamesEveryRoomOfTheSources) {
  Rooms known = {"box", "cli"};
  for (const auto& [room, others] : order()) known.insert(room);
  for (const Source& source : sourcesOf({"include", "src"}))
    EXPECT_TRUE(known.contains(roomOf(source.path))) << source.path;
}

TEST(Layering, TheTableNamesFilesAndFoldersThatExist) {
  Rooms known;
  for (const Source& source : sourcesOf({"include/box", "src"})) {
    const std::string name = nameOf(source.path);
    known.insert(name);
    known.insert(name.substr(0, name.find('/')));
  }
  for (const auto& [name, room] : table().named)
    EXPECT_TRUE(known.contains(name)) << name << ", in the row of " << room;
  EXPECT_EQ(roomOf("include/box/auth/authentication.hpp"), "token");
}

// A reader of an include line knows from the name alone which header it is.
TEST(Layering, NoTwoHeadersHaveOneName) {
  std::map<std::string, fs::path> known;
  for (const Source& source : sourcesOf({"include", "src"})) {
    if (source.path.extension() != ".hpp") continue;
    const auto [other, isNew] = known.emplace(source.path.filename().string(), source.path);
    EXPECT_TRUE(isNew) << source.path << " and " << other->second;
  }
}

TEST(Layering, NoTwoSourcesOfAFolderHaveFunctionsOfTheirOwnWithOneName) {
  EXPECT_THAT(sharedFunctions(sourcesOf({"src"})), testing::IsEmpty());
  const std::string one = "namespace {\n\nvoid refuse(int why) {\n}\n\n}  // namespace\n";
  const std::string other =
      "namespace {\n\n[[noreturn]] void refuse(std::string why) {\n  f(why);\n}\n\n}  // namespace\n";
  const std::string outside = "void refuse(long why) {\n}\n";
  EXPECT_THAT(sharedFunctions({{"src/read/a.cpp", one}, {"src/read/b.cpp", other}}), testing::SizeIs(1));
  EXPECT_THAT(sharedFunctions({{"src/read/a.cpp", one}, {"src/bulk/b.cpp", other}}), testing::IsEmpty());
  EXPECT_THAT(sharedFunctions({{"src/read/a.cpp", one}, {"src/read/b.cpp", outside}}), testing::IsEmpty());
  EXPECT_THAT(sharedFunctions({{"src/read/a.cpp", one + one}}), testing::IsEmpty());
}

// Users may compile the library without RTTI; program and emulator are always compiled with it.
TEST(Layering, TheLibraryNeedsNoRtti) {
  static const std::regex rtti(R"(\b(dynamic_cast|typeid|dynamic_pointer_cast|any_cast)\b)");
  for (const Source& source : sourcesOf({"include/box", "src"})) {
    const std::string room = roomOf(source.path);
    if (room == "cli" || room == "emulator") continue;
    EXPECT_FALSE(std::regex_search(withoutCommentsAndLiterals(source.text), rtti)) << source.path;
  }
}

// Whether the code searches the words of one of the library's errors, which may be put in other words at any time.
bool searchesWords(const std::string& text) {
  static const std::regex search(R"re(\b(details\(\)\.context|what\(\)|reason\(\)|summary\.message)\)?\s*\.\s*)re"
                                 R"re((r?find\w*|starts_with|ends_with|contains|compare|substr)\b)re");
  return std::regex_search(withoutCommentsAndLiterals(text), search);
}

TEST(Layering, TheProgramAsksForCodesAndNotForWords) {
  for (const Source& source : sourcesOf({"src/cli"})) EXPECT_FALSE(searchesWords(source.text)) << source.path;
  for (const char* text : {"return error.details().context.find(words) != npos;", "if (error.reason().contains(\"x\"))",
                           "std::string_view(error.what()).starts_with(name)", "summary.message.find(other)",
                           "std::string(error.what())\n    .substr(4)"}) {
    EXPECT_TRUE(searchesWords(text)) << text;
  }
  for (const char* text : {"out += error.details().context;", "// error.what().find(x)", "error.reason().size()",
                           "said.find(inOptionWords(error))"}) {
    EXPECT_FALSE(searchesWords(text)) << text;
  }
}

TEST(Layering, OnlyTheSystemFoldersKnowTheSystem) {
  for (const Source& source : sourcesOf({"include", "src"})) {
    EXPECT_THAT(systemViolations(source), testing::IsEmpty());
  }
}

TEST(Layering, EachSystemImplementsTheSameFunctions) {
  for (const char* const folder : {"src/system", "src/cli/system", "src/emulator/system"}) {
    std::map<std::string, std::set<std::string>> files;
    for (const Source& source : sourcesOf({folder})) {
      const fs::path parent = source.path.parent_path();
      if (source.path.extension() == ".cpp" && isOfOneSystem(source.path.generic_string()))
        files[parent.filename().string()].insert(source.path.filename().string());
    }
    EXPECT_FALSE(files["posix"].empty());
    EXPECT_EQ(files["posix"], files["windows"]);
  }
}

TEST(Layering, TheRulesFindASystemOutsideItsFolder) {
  for (const char* text : {
           "#include <sys/socket.h>",
           "  #  include <unistd.h>",
           "#include <csignal>\n#include <signal.h>",
           "#include <Windows.h>",
           "#include <winsock2.h>",
           "#include <netinet/tcp.h>",
           "#ifdef _WIN32",
           "#if defined(__linux__)",
           "#elif !defined(_MSC_VER)",
           "#ifndef __APPLE__",
       }) {
    EXPECT_THAT(systemViolations({"src/support/clock.cpp", text}), testing::SizeIs(1)) << text;
    EXPECT_THAT(systemViolations({"src/system/socket.hpp", text}), testing::SizeIs(1)) << text;
    EXPECT_THAT(systemViolations({"src/system/posix/socket.cpp", text}), testing::IsEmpty()) << text;
    EXPECT_THAT(systemViolations({"src/cli/system/windows/console.cpp", text}), testing::IsEmpty()) << text;
    EXPECT_THAT(systemViolations({"src/emulator/system/windows/listening_port.cpp", text}), testing::IsEmpty()) << text;
    EXPECT_THAT(systemViolations({"src/emulator/listener.cpp", text}), testing::SizeIs(1)) << text;
  }
  for (const char* text : {"#include <system_error>", "#if defined(__cpp_rtti)", "#include <csignal>",
                           "#include \"system/socket.hpp\"", "// #ifdef says nothing of _WIN32"}) {
    EXPECT_THAT(systemViolations({"src/support/clock.cpp", text}), testing::IsEmpty()) << text;
  }
}

TEST(Layering, NoTrapsInExpressionsWithCoAwait) {
  for (const Source& source : sourcesOf({"include", "src"})) {
    EXPECT_THAT(coAwaitViolations(source), testing::IsEmpty());
  }
}

TEST(Layering, TheRulesFindWhatBreaksThem) {
  for (const auto& [path, line] : std::vector<std::pair<std::string, std::string>>{
           {"src/support/clock.cpp", "#include \"async/deadline.hpp\""},
           {"src/pool/pool_core.hpp", "#include \"pipeline/judge.hpp\""},
           {"src/transport/exchange.cpp", "#include \"pool/lease.hpp\""},
           {"src/http/response_reader.cpp", "#include \"transport/exchange.hpp\""},
           {"src/auth/jwt.cpp", "#include \"transport/exchange.hpp\""},
           {"src/pipeline/network_client.cpp", "#include \"box/auth/developer_token.hpp\""},
           {"src/session_termination/manager.cpp", "#include \"pipeline/network_client.hpp\""},
           {"src/cli/main.cpp", "#include \"transport/exchange.hpp\""},
           {"src/cli/main.cpp", "#include \"system/windows/security.hpp\""},
           {"src/cli/system/windows/process.cpp", "#include \"system/owned_file.hpp\""},
           {"src/emulator/emulator.cpp", "#include \"box/network/headers.hpp\""},
           {"src/emulator/emulator.cpp", "  #  include <box/error.hpp>"},
           {"src/nowhere/x.cpp", "#include \"box/error.hpp\""},
           {"src/bulk/planner.cpp", "#include \"session_termination/request_body.hpp\""},
           {"src/bulk/planner.cpp", "#include \"box/auth/authentication.hpp\""},
           {"src/observe/observer.cpp", "#include \"box/network/session.hpp\""},
           {"include/box/box.hpp", "#include <box/emulator/emulator.hpp>"},
           {"include/box/client.hpp", "#include \"pipeline/network_client.hpp\""},
           {"include/box/error.hpp", "#include <boost/beast/http.hpp>"},
           {"include/box/error.hpp", "#include <openssl/ssl.h>"},
       }) {
    EXPECT_THAT(layeringOf(path, line), testing::Not(testing::IsEmpty())) << path << ' ' << line;
  }
}

TEST(Layering, TheRulesAllowWhatIsRight) {
  for (const auto& [path, line] : std::vector<std::pair<std::string, std::string>>{
           {"src/pool/lease.cpp", "#include \"transport/exchange.hpp\""},
           {"src/pipeline/network_client.cpp", "#include \"box/auth/authentication.hpp\""},
           {"src/auth/jwt.cpp", "#include \"box/network/network_client.hpp\""},
           {"src/client.cpp", "#include \"pipeline/network_client.hpp\""},
           {"src/bulk/planner.cpp", "#include \"box/session_termination.hpp\""},
           {"include/box/observe/interceptor.hpp", "#include \"box/network/fetch.hpp\""},
           {"src/cli/main.cpp", "#include <box/emulator/emulator.hpp>"},
           {"src/cli/system/windows/process.cpp", "#include \"system/windows/security.hpp\""},
           {"src/emulator/emulator.cpp", "#include <openssl/ssl.h>"},
           {"src/version.cpp", "#include \"box/version.hpp\""},
       }) {
    EXPECT_THAT(layeringOf(path, line), testing::IsEmpty()) << path << ' ' << line;
  }
}

TEST(Layering, TheRulesFindTrapsBesideCoAwait) {
  for (const char* text : {
           "x = co_await f({.a = 1});",
           "co_await f(\n  {.a = b},\n  c);",
           "co_await f(Options{a, b});",
           "co_await f(a, {});",
           "co_await co_spawn(ex, [p] { return p; }, t);",
           "co_await f([p = std::move(p)]() {});",
           "co_await f([&a, p = b]() {});",
           "auto x = c ? co_await a : b;",
           "co_return Answer{co_await x, 3};",
           "auto x = std::make_shared<A>(\n  A{1, 2}, co_await f());",
           "g();\nauto y =\n    Answer{co_await x, 3};",
       }) {
    EXPECT_THAT(coAwaitViolations({"src/x.cpp", text}), testing::SizeIs(1)) << text;
  }
}

TEST(Layering, TheRulesAllowWhatIsSafeBesideCoAwait) {
  for (const char* text : {
           "x = co_await f(a, std::move(b));",
           "if (co_await f(a)) {\n  g({1, 2});\n}",
           "co_await f([this] { g(); });",
           "co_await f([&] { g(); }, [&x] { h(x); });",
           "/// co_await f({.a = 1})\nint x;",
           "co_await f(\"{.a = 1}? \", '?');",
           "g({1, 2});\nco_await f(a);\nh(Options{1});",
           "std::array<int, 3> a = {1, 2, 3};\nco_await f(a);",
           "co_await f(a[i], b[0]);",
       }) {
    EXPECT_THAT(coAwaitViolations({"src/x.cpp", text}), testing::IsEmpty()) << text;
  }
}

}  // namespace

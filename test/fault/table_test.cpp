// The document and the guide's table of failures agree with the rows, and every error code has a row.
#include "fault/table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/error_names.hpp"
#include "fault/fault.hpp"
#include "support/sources.hpp"

namespace box::test {
namespace {

std::vector<const Fault*> allRows() {
  std::vector<const Fault*> rows;
  for (const FaultGroup& group : allFaults()) {
    for (const Fault& fault : group.faults()) rows.push_back(&fault);
  }
  return rows;
}

TEST(FaultTable, DocumentSaysWhatTheRowsSay) {
  EXPECT_EQ(sourceFile("test/fault/faults.md"), faultTable())
      << "write the document again: box_fault_test --write-table test/fault/faults.md";
}

TEST(FaultTable, EveryRowIsComplete) {
  std::set<std::string> ids;
  for (const Fault* fault : allRows()) {
    EXPECT_TRUE(ids.insert(fault->id()).second) << fault->id() << " appears twice";
    EXPECT_NE(fault->what(), "") << fault->id();
    if (fault->standing() == Fault::Standing::run) {
      EXPECT_NE(fault->provokedBy(), "") << fault->id();
      EXPECT_TRUE(fault->arrange()) << fault->id();
      EXPECT_NE(fault->isAccepted(), !fault->codes().empty())
          << fault->id() << ": the row says neither accepted nor failed";
      EXPECT_TRUE(fault->calls() > 1 || fault->attempts()) << fault->id() << ": the row does not say how many attempts";
    }
    if (fault->standing() == Fault::Standing::elsewhere) {
      EXPECT_THAT(fault->tests(), testing::Not(testing::IsEmpty())) << fault->id();
    }
  }
  EXPECT_GT(ids.size(), 150U);
}

TEST(FaultTable, NamesTestsThatExist) {
  const std::set<std::string>& known = testsOfTheSources();
  ASSERT_TRUE(known.count("FaultTable.NamesTestsThatExist")) << "the sources were not read";
  for (const Fault* fault : allRows()) {
    for (const std::string& test : fault->tests()) EXPECT_TRUE(known.count(test)) << fault->id() << " names " << test;
  }
}

// --------------------------------------------------------------------------------------------------- the guide's table

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

enum class Repeated { no, once, yes };

/// A row of the guide's table.
struct Told {
  std::string what, code;
  std::set<std::string> fates;  ///< empty: any
  Repeated repeated;
};

class Guide {
 public:
  Guide() {
    const std::string text = sourceFile("include/box/README.md");
    const std::size_t section = text.find("\n## When it fails\n");
    const std::size_t table = text.find("\n| `code()` |", section);
    std::istringstream lines(text.substr(table + 1));
    std::string line;
    std::getline(lines, line);
    std::getline(lines, line);  // the line under the table's head
    while (std::getline(lines, line) && !line.empty() && line[0] == '|') addLine(line);
  }

  const std::vector<Told>& told() const { return told_; }

  /// The guide's row about this fault; null where no row, or more than one, is about it.
  const Told* about(const Fault& fault, const std::string& code) const {
    std::vector<const Told*> fitting;
    for (const Told& entry : told_) {
      const bool fits = entry.fates.empty() || entry.fates.count(std::string(toString(fault.fate()))) != 0;
      if (entry.code == code && fits) fitting.push_back(&entry);
    }
    if (fitting.size() > 1 && fault.status() != 0) {
      std::vector<const Told*> listing;
      for (const Told* entry : fitting) {
        if (lists(entry->what, fault.status())) listing.push_back(entry);
      }
      if (listing.empty()) {
        for (const Told* entry : fitting) {
          if (entry->what.find("other") != std::string::npos) listing.push_back(entry);
        }
      }
      fitting = listing;
    }
    return fitting.size() == 1 ? fitting[0] : nullptr;
  }

 private:
  void addLine(const std::string& line) {
    const std::vector<std::string> cells = split(line, '|');  // the first cell is empty
    ASSERT_EQ(cells.size(), 5U) << line;
    static const std::regex word("[a-zA-Z_]+"), code(R"(^ `(?:[a-z_]+::)*([a-zA-Z_]+)` $)");
    std::smatch name, first;
    ASSERT_TRUE(std::regex_match(cells[1], name, code)) << "not one code: " << line;
    const bool isErrc = std::count(errcNames().begin(), errcNames().end(), name[1].str()) != 0;
    ASSERT_TRUE(isErrc || name[1] == "operation_aborted") << line;
    ASSERT_TRUE(std::regex_search(cells[4], first, word)) << line;
    const Repeated repeated = first.str() == "yes"    ? Repeated::yes
                              : first.str() == "once" ? Repeated::once
                                                      : Repeated::no;
    ASSERT_TRUE(repeated != Repeated::no || first.str() == "no") << line;
    std::set<std::string> fates;
    for (std::sregex_iterator w(cells[3].begin(), cells[3].end(), word), end; w != end; ++w) {
      for (const Fate fate : {Fate::notSent, Fate::inDoubt, Fate::rejected}) {
        if (w->str() == toString(fate)) fates.insert(w->str());
      }
    }
    told_.push_back(Told{cells[2], name[1], fates, repeated});
  }

  /// "502, 503, 520 to 524".
  static bool lists(const std::string& text, int status) {
    static const std::regex range(R"((\d{3})(?: to (\d{3}))?)");
    for (std::sregex_iterator i(text.begin(), text.end(), range), end; i != end; ++i) {
      const int from = std::stoi((*i)[1]), to = (*i)[2].matched ? std::stoi((*i)[2]) : from;
      if (status >= from && status <= to) return true;
    }
    return false;
  }

  std::vector<Told> told_;
};

/// The token request has failed, and so has the call. The guide says that the call then has the code of the token
/// request.
bool isOfTokenRequest(const Fault& fault) {
  return fault.tokenRequests().most() != 0 && fault.requests() && fault.requests()->most() == 0;
}

TEST(FaultTable, AgreesWithTheGuideOnFatesAndRepeats) {
  const Guide guide;
  ASSERT_GT(guide.told().size(), 30U);
  std::map<const Told*, std::size_t> most;
  for (const Fault* fault : allRows()) {
    for (const error_code& code : fault->codes()) {
      const std::string name = nameOf(code);
      const Told* told = guide.about(*fault, name);
      if (told == nullptr && isOfTokenRequest(*fault) && fault->fate() == Fate::notSent) {
        EXPECT_EQ(fault->attempts()->most(), 1U) << fault->id();
        continue;
      }
      ASSERT_NE(told, nullptr) << fault->id() << ": the guide does not mention " << name << ", "
                               << toString(fault->fate()) << ", or mentions it twice";
      if (!fault->attempts()) continue;
      const std::size_t attempts = fault->attempts()->most();
      std::size_t& highest = most.emplace(told, 0).first->second;
      highest = std::max(highest, attempts);
      if (told->repeated == Repeated::no) {
        EXPECT_LE(attempts, 1U) << fault->id() << ": the guide says that " << name << " is not repeated";
      }
      if (told->repeated == Repeated::once) {
        EXPECT_LE(attempts, 2U) << fault->id() << ": the guide says that " << name << " is repeated once";
      }
    }
  }
  for (const auto& [told, attempts] : most) {
    if (told->repeated == Repeated::yes) {
      EXPECT_GT(attempts, 2U) << "the guide says that " << told->code << " (" << told->what
                              << ") is repeated; no row shows it";
    }
    if (told->repeated == Repeated::once) {
      EXPECT_EQ(attempts, 2U) << "the guide says that " << told->code << " (" << told->what
                              << ") is repeated once; no row shows it";
    }
  }
}

TEST(FaultTable, HasARowAndTheGuideALineForEveryErrorCode) {
  ASSERT_GT(errcNames().size(), 30U);
  ASSERT_EQ(nameOf(Errc::invalidRequest), "invalidRequest");
  ASSERT_EQ(errcNames().back(), "signInRequired") << "not all numbers were tried";
  std::set<std::string> ofRows, ofGuide;
  for (const Fault* fault : allRows()) {
    for (const error_code& code : fault->codes()) ofRows.insert(nameOf(code));
  }
  const Guide guide;
  for (const Told& told : guide.told()) ofGuide.insert(told.code);
  for (const std::string& name : errcNames()) {
    // No call ends with stateMismatch: BoxOAuth::authorizationCode() throws it.
    if (name != nameOf(Errc::stateMismatch)) EXPECT_TRUE(ofRows.count(name)) << "no row ends with " << name;
    EXPECT_TRUE(ofGuide.count(name)) << "the guide does not mention " << name;
  }
}

}  // namespace
}  // namespace box::test

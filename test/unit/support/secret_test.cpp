#include "box/support/secret.hpp"

#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

namespace box {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& t) {
  out << t;
};

TEST(Secret, CannotBeShownByAccident) {
  EXPECT_FALSE(Printable<Secret>);
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string_view>));
  EXPECT_FALSE((std::is_convertible_v<Secret, bool>));
}

TEST(Secret, HoldsWhatItIsGiven) {
  EXPECT_EQ(Secret("abc").reveal(), "abc");
  EXPECT_EQ(Secret(std::string_view("a\0b", 3)).reveal(), std::string_view("a\0b", 3));
  EXPECT_EQ(Secret(std::string(100'000, 'x')).size(), 100'000U);
  for (const Secret& empty : {Secret(), Secret(""), Secret(std::string())}) {
    EXPECT_TRUE(empty.empty());
    EXPECT_EQ(empty.size(), 0U);
    EXPECT_EQ(empty.reveal(), "");
  }
}

TEST(Secret, ANullPointerIsEmpty) {
  const char* const none = nullptr;
  EXPECT_TRUE(Secret(none).empty());
}

TEST(Secret, LeavesACallersStringAloneUnlessItIsGivenAway) {
  std::string text = "short";
  const Secret copied(text);
  EXPECT_EQ(text, "short");
  const char* const inside = text.data();  // a short string's characters are within the string object
  const Secret taken(std::move(text));
  EXPECT_EQ(taken.reveal(), "short");
  EXPECT_TRUE(text.empty());  // NOLINT: the test examines what is left in it
  for (int i = 0; i < 5; ++i) EXPECT_EQ(inside[i], '\0') << "the characters are wiped";
}

TEST(Secret, IsCopiedIndependently) {
  Secret copy;
  {
    const Secret original("abc");
    copy = original;
    EXPECT_NE(copy.reveal().data(), original.reveal().data());
  }
  EXPECT_EQ(copy.reveal(), "abc");
  Secret other(copy);
  other = Secret("xyz");
  EXPECT_EQ(copy.reveal(), "abc");
  EXPECT_EQ(other.reveal(), "xyz");
}

TEST(Secret, LeavesNothingWhereItWasMovedFrom) {
  Secret first("abc");
  const char* const place = first.reveal().data();
  Secret second(std::move(first));
  EXPECT_TRUE(first.empty());  // NOLINT: see the test's name
  EXPECT_EQ(first.reveal(), "");
  EXPECT_EQ(second.reveal().data(), place) << "moved, not copied";
  first = "again";
  EXPECT_EQ(first.reveal(), "again");
  second = std::move(first);
  EXPECT_EQ(second.reveal(), "again");
  EXPECT_TRUE(first.empty());  // NOLINT
}

TEST(Secret, SurvivesAssignmentToItself) {
  Secret secret("abc");
  const Secret& same = secret;
  secret = same;
  EXPECT_EQ(secret.reveal(), "abc");
}

}  // namespace
}  // namespace box

#include "support/wipe.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace box {
namespace {

TEST(Wipe, OverwritesAllTheRoomOfAText) {
  std::string text(100, 'x');
  text.resize(10);
  const char* const room = text.data();
  const std::size_t size = text.capacity();
  wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text.capacity(), size) << "the capacity does not change";
  EXPECT_TRUE(std::all_of(room, room + size, [](char c) { return c == '\0'; }));
}

TEST(Wipe, GuardsATextUntilTheEndOfAScope) {
  std::string text(100, 'x');
  const char* const room = text.data();
  {
    const WipeGuard guard(text);
    EXPECT_EQ(text, std::string(100, 'x'));
  }
  EXPECT_TRUE(std::all_of(room, room + 100, [](char c) { return c == '\0'; }));
}

TEST(Wipe, MakesRoomAndKeepsTheText) {
  std::string text(100, 'x');
  makeRoom(text, 1000);
  EXPECT_GE(text.capacity(), 1000U);
  EXPECT_EQ(text, std::string(100, 'x'));
  const char* const room = text.data();
  makeRoom(text, 1000);
  EXPECT_EQ(text.data(), room) << "the capacity was sufficient";
  std::string shortText = "x";  // its characters are within the string object
  makeRoom(shortText, 1000);
  EXPECT_EQ(shortText, "x");
}

}  // namespace
}  // namespace box

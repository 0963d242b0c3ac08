#include "support/linked_list.hpp"

#include <string>

#include <gtest/gtest.h>

namespace box {
namespace {

struct Letter : ListNode<Letter> {
  explicit Letter(char c) : letter(c) {}
  char letter;
};

std::string textOf(const LinkedList<Letter>& list) {
  std::string text;
  for (const Letter& letter : list) text += letter.letter;
  return text;
}

TEST(LinkedList, KeepsTheOrderFromBothEnds) {
  LinkedList<Letter> list;
  EXPECT_EQ(list.first(), nullptr);
  EXPECT_EQ(textOf(list), "");
  Letter a('a'), b('b'), c('c');
  list.pushBack(b);
  list.pushFront(a);
  list.pushBack(c);
  EXPECT_EQ(textOf(list), "abc");
  EXPECT_EQ(list.first(), &a);
  EXPECT_TRUE(a.isListed() && b.isListed() && c.isListed());
}

TEST(LinkedList, RemovesFromAnyPosition) {
  Letter a('a'), b('b'), c('c'), d('d');
  LinkedList<Letter> list;
  for (Letter* letter : {&a, &b, &c, &d}) list.pushBack(*letter);
  list.remove(b);
  EXPECT_EQ(textOf(list), "acd");
  EXPECT_FALSE(b.isListed());
  list.remove(a);
  list.remove(d);
  EXPECT_EQ(textOf(list), "c");
  list.remove(c);
  EXPECT_EQ(list.first(), nullptr);
  list.pushBack(d);
  list.pushBack(b);
  list.pushFront(c);
  EXPECT_EQ(textOf(list), "cdb") << "what was removed can be inserted again";
}

}  // namespace
}  // namespace box

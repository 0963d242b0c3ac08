#include "support/json.hpp"

#include <random>
#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace box {
namespace {

/// The same member, read through a document of the text.
std::optional<std::string> byDocument(std::string_view text, std::string_view key) {
  const boost::json::value document = parseJson(text, {});
  const boost::json::object* object = document.if_object();
  if (object == nullptr) return std::nullopt;
  const auto string = stringIn(*object, key);
  if (!string) return std::nullopt;
  return std::string(*string);
}

TEST(StringMember, IsThatOfTheDocument) {
  for (const char* text : {R"({"message":"done"})",
                           R"( { "message" : "done" } )",
                           R"({"type":"x","message":"done"})",
                           R"({"message":""})",
                           R"({"message":"a","message":"b"})",
                           R"({"message":"a\nb"})",
                           R"({"message":"a\u00e9"})",
                           "{\"message\":\"\xc3\xa9\"}",
                           R"({"message":1})",
                           R"({"message":null})",
                           R"({"message":{"message":"inner"}})",
                           R"({"x":{"message":"inner"}})",
                           R"({"x":[1,2],"message":"done"})",
                           "{}",
                           "[]",
                           "",
                           "null",
                           R"("message")",
                           R"({"message":"done")",
                           R"({"message":"done"}})",
                           R"({"message":"done"},)",
                           R"({"message":"done",})",
                           R"({,"message":"done"})",
                           R"({"message""done"})",
                           R"({"message":"done)",
                           "{\"message\":\"a\tb\"}",
                           "{\"message\":\"\xff\"}",
                           "{\"message\":\"a\x7f\"}",
                           R"({"mess\u0061ge":"done"})",
                           R"({"message":"done"}x)",
                           R"({"":"done"})",
                           "{\"message\":\"done\"}\n"}) {
    EXPECT_EQ(stringMember(text, "message"), byDocument(text, "message")) << text;
  }
  EXPECT_EQ(stringMember(R"({"message":"done"})", "message"), "done");
  EXPECT_EQ(stringMember(R"({"":"done"})", ""), "done");
  EXPECT_EQ(stringMember(R"({"message":"done"})", "mess"), std::nullopt);
}

TEST(StringMember, IsThatOfTheDocumentWhateverIsChangedInTheText) {
  std::minstd_rand random(1);
  const std::string plain = R"({"type":"x", "message":"All is done."})";
  const std::string pieces = std::string("{}[]\",: \\nt1a") + '\0' + '\x1f' + '\x7f' + '\xc3' + '\xa9';
  for (int i = 0; i < 20'000; ++i) {
    std::string text = plain;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const char piece = pieces[random() % pieces.size()];
      switch (random() % 3) {
        case 0: text[at] = piece; break;
        case 1: text.insert(at, 1, piece); break;
        default: text.erase(at, 1); break;
      }
    }
    ASSERT_EQ(stringMember(text, "message"), byDocument(text, "message")) << text;
  }
}

TEST(ParseJson, TakesNothingThatIsNestedTooDeep) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parseJson(nested(16), {}).is_array());
  EXPECT_TRUE(parseJson(nested(17), {}).is_null());
}

}  // namespace
}  // namespace box

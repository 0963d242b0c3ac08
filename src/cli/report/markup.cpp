#include "cli/report/markup.hpp"

#include <cstddef>

#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::size_t longest = 2000;

}  // namespace

std::string inHtml(std::string_view text) {
  return escaped(clean(text, longest),
                 {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}});
}

std::string inMarkdown(std::string_view text) {
  return escaped(clean(text, longest), {{'&', "&amp;"},
                                        {'<', "&lt;"},
                                        {'>', "&gt;"},
                                        {':', "&#58;"},  // with a ':' or '@', there could be a link or a mention
                                        {'@', "&#64;"},
                                        {'\\', "\\\\"},
                                        {'`', "\\`"},
                                        {'*', "\\*"},
                                        {'_', "\\_"},
                                        {'[', "\\["},
                                        {']', "\\]"},
                                        {'|', "\\|"},
                                        {'~', "\\~"},
                                        {'#', "\\#"},
                                        {'!', "\\!"}});
}

}  // namespace box::cli

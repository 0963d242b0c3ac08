#pragma once

#include <string>
#include <string_view>

/// Escapes texts from any source for the forms of a report. The result is one line that is fit to be shown, in which no
/// character of the text has a meaning in that form.
namespace box::cli {

/// For HTML, in an element or in a quoted attribute.
std::string inHtml(std::string_view text);

/// For Markdown, also in a cell of a table. Also escapes what could make a link or a mention.
std::string inMarkdown(std::string_view text);

}  // namespace box::cli

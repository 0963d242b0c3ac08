#pragma once

#include <string>
#include <vector>

namespace box::test {

/// Texts that a hostile list, server or machine could write into a report.
inline const std::vector<std::string>& hostileTexts() {
  static const std::vector<std::string> texts = {
      "<script>alert(1)</script>@x.org",
      "\"><img src=x onerror=alert(1)>@x.org",
      "'onmouseover='alert(1)@x.org",
      "</table></style><script>x</script>",
      "&lt;b&gt;@x.org",
      "javascript:alert(1)//@x.org",
      "a|b\\|c@x.org",
      "[click](https://evil.example)",
      "![x](https://evil.example/p.png)",
      "`code` **bold** _it_ # h",
      "\x1b]0;title\x07@x.org",
      "\u202egro.x@nna",
      "line\r\nbreak@x.org",
      "<!-- --><![CDATA[x]]>",
      "=HYPERLINK(\"https://evil.example\")@x.org",
      std::string(5000, 'A') + "@x.org",
      "\xff\xfe@x.org",
      "{{7*7}}${7*7}@x.org",
  };
  return texts;
}

}  // namespace box::test

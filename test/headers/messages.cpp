// None of these lines compiles, and the compiler's message says why.
#include <map>
#include <string>
#include <vector>

#include <box/views.hpp>

/// As the view of std::views::filter, it cannot be read while it is const. (clang 14 does not compile the one of g++'s
/// library.)
struct Filtered {
  std::string* begin() { return nullptr; }
  std::string* end() { return nullptr; }
};

void give() {
  std::vector<std::string> strings;
  std::vector<int> numbers;
  std::map<std::string, int> counts;
  Filtered filtered;
  (void)strings, (void)numbers, (void)counts, (void)filtered;
#if MISTAKE == 0
  (void)box::StringListView(strings);
#elif MISTAKE == 1
  (void)box::StringListView(numbers);  // this is not a list of strings
#elif MISTAKE == 2
  (void)box::StringListView(filtered);  // put a filtered view into a std::vector first
#elif MISTAKE == 3
  (void)box::HeaderListView(counts);  // this is not a list of headers
#elif MISTAKE == 4
  (void)box::StringListView("", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
                            "");  // more than 16 strings
#endif
}

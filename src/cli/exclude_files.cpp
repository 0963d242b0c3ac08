#include "cli/exclude_files.hpp"

#include <array>
#include <cstddef>
#include <string_view>

#include "cli/files.hpp"
#include "cli/list_parser.hpp"

namespace box::cli {

namespace {

class ExcludeFile final : private ListSink {
 public:
  ExcludeFile(Target target, const std::string& path, Exclusions& into)
      : input_(path, Pipes::read), into_(into), parser_(target, *this, notToSend()) {}

  void readAll() {
    std::array<char, 64 * 1024> buffer{};
    while (const std::size_t count = input_.read(buffer)) {
      if (!parser_.feed(std::string_view(buffer.data(), count))) break;
    }
    parser_.finish();
    if (!parser_.columns().empty()) into_.addColumns("--exclude " + input_.name() + ": read by " + parser_.columns());
    if (!parser_.columnNote().empty()) into_.addNote("--exclude " + input_.name() + ": " + parser_.columnNote());
  }

 private:
  static ListOptions notToSend() {
    ListOptions out;
    out.columns.use = EntryUse::exclude;
    return out;
  }
  void onEntry(std::string, std::size_t) override {}
  void onNames(std::string_view id, std::string_view login, std::span<const std::string_view> others) override {
    into_.add(id, login, input_.name(), others);
  }
  void onFault(const ListFault& fault) override {
    throw FileError("--exclude " + placeIn(input_.name(), fault.line, fault.column) + ": " + fault.text +
                    ". Nothing is sent as long as somebody who must stay is not known");
  }

  Input input_;
  Exclusions& into_;
  ListParser parser_;
};

}  // namespace

std::shared_ptr<Exclusions> readExclusions(Target target, std::span<const std::string> files) {
  if (files.empty()) return nullptr;
  const auto out = std::make_shared<Exclusions>();
  for (const std::string& file : files) ExcludeFile(target, file, *out).readAll();
  if (out->size() == 0) throw FileError("--exclude names nobody: give a list of those who must stay");
  return out;
}

}  // namespace box::cli

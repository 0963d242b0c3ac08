// Counts the atomic read-modify-writes of a run: how often it executed an instruction with a lock prefix, or an xchg
// with memory. It reads the count of each instruction from callgrind's file of the run, and the instruction itself from
// the program or library in which it is.
//
//   valgrind --tool=callgrind --dump-instr=yes --dump-line=no --compress-pos=no --compress-strings=no
//     --callgrind-out-file=counts program ...
//   box_bench_atomics counts
//
// Knows the instructions of x86-64 only.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <elf.h>

namespace {

/// The code of a program or library.
class Code {
 public:
  explicit Code(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    Elf64_Ehdr header{};
    read(bytes, 0, header);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_machine != EM_X86_64) {
      throw std::runtime_error(file + " is not code of x86-64");
    }
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
      Elf64_Phdr segment{};
      read(bytes, header.e_phoff + i * header.e_phentsize, segment);
      if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
      segments_[segment.p_vaddr] = bytes.substr(segment.p_offset, segment.p_filesz);
    }
  }

  /// The bytes from this address on. Empty: there is no code.
  std::string_view at(std::uint64_t address) const {
    auto segment = segments_.upper_bound(address);
    if (segment == segments_.begin()) return {};
    --segment;
    const std::uint64_t offset = address - segment->first;
    return offset < segment->second.size() ? std::string_view(segment->second).substr(offset) : std::string_view();
  }

 private:
  template <class Part>
  static void read(const std::string& bytes, std::size_t at, Part& part) {
    if (at + sizeof part > bytes.size()) throw std::runtime_error("a program or library is cut off");
    std::memcpy(&part, bytes.data() + at, sizeof part);
  }

  std::map<std::uint64_t, std::string> segments_;  // by their addresses
};

/// Whether the instruction at the beginning of these bytes reads and writes memory in one step.
bool isAtomic(std::string_view code) {
  constexpr std::string_view otherPrefixes = "\x66\x67\xf2\xf3\x2e\x36\x3e\x26\x64\x65";
  constexpr char lock = '\xf0';
  while (!code.empty() && otherPrefixes.find(code.front()) != std::string_view::npos) code.remove_prefix(1);
  if (code.starts_with(lock)) return true;
  if (!code.empty() && (code.front() & 0xf0) == 0x40) code.remove_prefix(1);  // REX
  // An xchg is atomic even without the prefix, unless both its operands are registers.
  return code.size() > 1 && (code[0] & 0xfe) == 0x86 && (code[1] & 0xc0) != 0xc0;
}

std::uint64_t atomicsOf(std::istream& counts) {
  std::map<std::string, Code> codes;
  const Code* code = nullptr;
  std::uint64_t atomics = 0;
  bool isCallee = false;
  for (std::string line; std::getline(counts, line);) {
    if (line.starts_with("ob=")) {
      const std::string file = line.substr(3);
      // Callgrind writes ??? for the tables through which functions of libraries are called.
      code = std::filesystem::is_regular_file(file) ? &codes.try_emplace(file, file).first->second : nullptr;
    } else if (line.starts_with("calls=")) {
      isCallee = true;  // the next line has the count of the function that is called, which is also counted there
    } else if (line.starts_with("0x")) {
      char* end = nullptr;
      const std::uint64_t address = std::strtoull(line.c_str(), &end, 16);
      if (!isCallee && code != nullptr && isAtomic(code->at(address))) atomics += std::strtoull(end, nullptr, 10);
      isCallee = false;
    }
  }
  return atomics;
}

}  // namespace

int main(int argc, char** argv) try {
  std::ifstream counts(argc == 2 ? argv[1] : "");
  if (!counts) {
    std::fprintf(stderr, "usage: %s FILE-OF-CALLGRIND\n", argv[0]);
    return 2;
  }
  std::printf("%llu\n", static_cast<unsigned long long>(atomicsOf(counts)));
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

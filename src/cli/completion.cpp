#include "cli/completion.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "cli/text.hpp"
#include "cli/options/subcommands.hpp"

namespace box::cli {

namespace {

/// The text in single quotes, in the syntax of bash and zsh.
std::string singleQuoted(std::string_view text) { return "'" + escaped(text, {{'\'', "'\\''"}}) + "'"; }

std::string fishQuoted(std::string_view text) { return "'" + escaped(text, {{'\'', "\\'"}, {'\\', "\\\\"}}) + "'"; }

/// A description that is short enough for a shell's list of options: the text up to its first stop.
std::string briefly(std::string_view text) {
  std::size_t end = text.size();
  for (const std::string_view stop : {"; ", ": ", ". ", " ("}) end = std::min(end, text.find(stop));
  return std::string(text.substr(0, end));
}

/// The words to choose from as the value of an option or operand. A name in capitals, such as FILE, stands for any
/// value and is not a word.
std::vector<std::string> wordsOf(std::string_view argument) {
  std::vector<std::string> out;
  if (argument.empty() || argument.find('|') == std::string_view::npos) return out;
  if (argument.front() < 'a' || argument.front() > 'z') return out;
  while (!argument.empty()) {
    out.emplace_back(argument.substr(0, argument.find('|')));
    argument.remove_prefix(std::min(out.back().size() + 1, argument.size()));
  }
  return out;
}

bool isFile(std::string_view argument) {
  return argument == "FILE" || argument == "JOURNAL" || argument == "[JOURNAL]";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out.append(out.empty() ? "" : " ").append(word);
  return out;
}

std::vector<std::string> subcommandNames() {
  std::vector<std::string> out;
  for (const Subcommand& subcommand : subcommands()) out.emplace_back(subcommand.name);
  return out;
}

template <typename Each>
void forEachOption(const Subcommand& subcommand, Each each) {
  for (const Section& section : subcommand.sections) {
    for (const Option& option : section.options) each(option);
  }
}

// bash: one case for each subcommand says what may follow an option, and which other words are possible.

constexpr std::string_view bashBegin = R"(# bash completion for box-sessions; made by 'box-sessions completion bash'
_box_sessions() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  local options= words= files=
  COMPREPLY=()
  # bash cuts --option=value at the sign.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = && $COMP_CWORD -gt 2 ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  if [[ $COMP_CWORD -eq 1 ]]; then
    words=@COMMANDS@
    [[ $word == -* ]] && words='--help --version'
  else
    case $command in
      help)
        words=@SUBCOMMANDS@ ;;
)";

constexpr std::string_view bashEnd = R"(    esac
    [[ $word == -* && -z $files$words ]] && words=$options
  fi
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$word")
  elif [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  fi
}
complete -F _box_sessions box-sessions
)";

std::string bashCase(const Subcommand& subcommand) {
  std::vector<std::string> names;
  std::string files;
  std::string others;
  std::string choices;
  forEachOption(subcommand, [&](const Option& option) {
    const std::string name = "--" + std::string(option.name());
    const std::string pattern = option.letter() == '\0' ? name : "-" + std::string(1, option.letter()) + "|" + name;
    names.push_back(name);
    if (option.isFlag()) return;
    if (const auto words = wordsOf(option.argument); !words.empty()) {
      choices += "          " + pattern + ") words=" + singleQuoted(joined(words)) + " ;;\n";
    } else {
      std::string& patterns = isFile(option.argument) ? files : others;
      patterns.append(patterns.empty() ? "" : "|").append(pattern);
    }
  });
  std::string out = "      " + std::string(subcommand.name) + ")\n";
  out += "        options=" + singleQuoted(joined(names)) + "\n        case $before in\n" + choices;
  if (!files.empty()) out += "          " + files + ") files=1 ;;\n";
  if (!others.empty()) out += "          " + others + ") return ;;\n";
  // Words that are not the value of an option.
  std::string rest;
  if (!subcommand.action.empty())
    rest = "[[ $COMP_CWORD -eq 2 && $word != -* ]] && words=" + singleQuoted(subcommand.action);
  if (isFile(subcommand.operands)) rest = "[[ $word != -* ]] && files=1";
  if (const auto words = wordsOf(subcommand.operands); !words.empty()) {
    rest = "[[ $word != -* ]] && words=" + singleQuoted(joined(words));
  }
  if (!rest.empty()) out += "          *) " + rest + " ;;\n";
  return out + "        esac ;;\n";
}

std::string replaced(std::string text, std::string_view name, std::string_view value) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
    text.replace(at, name.size(), value);
  }
  return text;
}

std::string bashScript() {
  const std::string names = joined(subcommandNames());
  std::string out = replaced(std::string(bashBegin), "@COMMANDS@", singleQuoted(names + " help"));
  out = replaced(std::move(out), "@SUBCOMMANDS@", singleQuoted(names));
  for (const Subcommand& subcommand : subcommands()) out += bashCase(subcommand);
  return out.append(bashEnd);
}

// zsh: _arguments does the work; each option needs one specification.

/// Escapes a text for a specification of _arguments.
std::string zshText(std::string_view text) {
  return escaped(text, {{'\\', "\\\\"}, {'[', "\\["}, {']', "\\]"}, {':', "\\:"}});
}

std::string zshValue(std::string_view argument) {
  std::string out = ":" + zshText(argument) + ":";
  if (const auto words = wordsOf(argument); !words.empty()) return out + "(" + joined(words) + ")";
  return out + (isFile(argument) ? "_files" : "");
}

std::string zshOption(const Option& option) {
  std::string tail = "[" + zshText(briefly(option.text)) + "]";
  if (!option.isFlag()) tail += zshValue(option.argument);
  const std::string name = "--" + std::string(option.name()) + (option.isFlag() ? "" : "=");
  if (option.letter() == '\0') return singleQuoted((option.repeats ? "*" : "") + name + tail);
  const std::string letter = "-" + std::string(1, option.letter());
  const std::string both = "{" + letter + (option.isFlag() ? "" : "+") + "," + name + "}";
  if (option.repeats) return "'*'" + both + singleQuoted(tail);
  return singleQuoted("(" + letter + " --" + std::string(option.name()) + ")") + both + singleQuoted(tail);
}

constexpr std::string_view zshBegin = R"(#compdef box-sessions
# made by 'box-sessions completion zsh'
_box_sessions() {
  local -a commands
  commands=(
)";

constexpr std::string_view zshMiddle = R"(  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help) (( CURRENT == 2 )) && _describe -t commands command commands ;;
)";

constexpr std::string_view zshEnd = R"(  esac
}
if [[ $funcstack[1] == _box-sessions ]]; then
  _box_sessions "$@"
else
  compdef _box_sessions box-sessions
fi
)";

std::string zshScript() {
  std::string out(zshBegin);
  for (const Subcommand& subcommand : subcommands()) {
    out +=
        "    " + singleQuoted(escaped(subcommand.name, {{':', "\\:"}}) + ":" + std::string(subcommand.summary)) + "\n";
  }
  out += "    " + singleQuoted("help:all options of a command") + "\n";
  out += zshMiddle;
  for (const Subcommand& subcommand : subcommands()) {
    out += "    " + std::string(subcommand.name) + ")\n      _arguments -s -S";
    forEachOption(subcommand, [&](const Option& option) { out += " \\\n        " + zshOption(option); });
    if (!subcommand.action.empty()) {
      out += " \\\n        " +
             singleQuoted("1:" + std::string(subcommand.action) + ":(" + std::string(subcommand.action) + ")");
    } else if (isFile(subcommand.operands) || !wordsOf(subcommand.operands).empty()) {
      out += " \\\n        " + singleQuoted("1" + zshValue(subcommand.operands));
    }
    out += " ;;\n";
  }
  return out.append(zshEnd);
}

// fish: one line for each option.

std::string fishScript() {
  std::string out = "# fish completion for box-sessions; made by 'box-sessions completion fish'\n";
  out += "complete -c box-sessions -f\n";
  const std::string begin = "complete -c box-sessions -n ";
  const auto addCommand = [&](std::string_view name, std::string_view summary) {
    out += begin + "__fish_use_subcommand -a " + fishQuoted(name) + " -d " + fishQuoted(summary) + "\n";
  };
  for (const Subcommand& subcommand : subcommands()) addCommand(subcommand.name, subcommand.summary);
  addCommand("help", "all options of a command");
  out += begin + "__fish_use_subcommand -l version -d 'versions'\n";
  out += begin + "'__fish_seen_subcommand_from help' -a " + fishQuoted(joined(subcommandNames())) + "\n";
  for (const Subcommand& subcommand : subcommands()) {
    const std::string seen =
        "__fish_seen_subcommand_from " + std::string(subcommand.name) + "; and not __fish_seen_subcommand_from help";
    if (!subcommand.action.empty()) {
      out += begin + fishQuoted(seen + "; and not __fish_seen_subcommand_from " + std::string(subcommand.action)) +
             " -a " + fishQuoted(subcommand.action) + "\n";
    }
    if (isFile(subcommand.operands)) out += begin + fishQuoted(seen) + " -F\n";
    if (const auto words = wordsOf(subcommand.operands); !words.empty()) {
      out += begin + fishQuoted(seen) + " -a " + fishQuoted(joined(words)) + "\n";
    }
    forEachOption(subcommand, [&](const Option& option) {
      out += begin + fishQuoted(seen) + " -l " + std::string(option.name());
      if (option.letter() != '\0') out += " -s " + std::string(1, option.letter());
      const auto words = wordsOf(option.argument);
      if (isFile(option.argument)) {
        out += " -r -F";
      } else if (!option.isFlag()) {
        out += " -x";
      }
      if (!words.empty()) out += " -a " + fishQuoted(joined(words));
      out += " -d " + fishQuoted(briefly(option.text)) + "\n";
    });
  }
  return out;
}

}  // namespace

std::optional<Shell> shellNamed(std::string_view name) noexcept {
  if (name == "bash") return Shell::bash;
  if (name == "zsh") return Shell::zsh;
  if (name == "fish") return Shell::fish;
  return std::nullopt;
}

std::string completionScript(Shell shell) {
  switch (shell) {
    case Shell::zsh: return zshScript();
    case Shell::fish: return fishScript();
    case Shell::bash: break;
  }
  return bashScript();
}

}  // namespace box::cli

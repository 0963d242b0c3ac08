# Makes a public header fit for Doxygen. Lines stay where they are, so that its messages name the right ones.
#
# - What a header declares belongs to the group of its folder (groups.dox).
# - The inline namespace of the version, which Doxygen 1.9.4 takes for the outer one, is left out.
# - In a comment, what begins with *Errors*, *Threads*, … begins a line.
#
# Takes -v root=FOLDER, the project's, and the path of a header below it.
FNR == 1 {
  group = substr(FILENAME, length(root) + length("/include/box/") + 1)
  if (!sub(/\/.*/, "", group)) {
    sub(/\.hpp$/, "", group)
    if (group ~ /^error/) group = "errors"
    else if (group ~ /^(entry|views|version)$/) group = "support"
    else group = "calls"
  }
}

# The next line begins a comment.
function begin() {
  paragraph = ""
  isFirst = 1
}

/\/\/\// {
  comment = index($0, "///") + 2
  text = substr($0, comment + 1)
  if (substr($0, 1, comment) !~ /^ *\/\/\/$/) begin()
  if (text !~ /[^ ]/) {
    paragraph = ""
    isFirst = 0
  }
  done = ""
  while (match(text, / \*(Errors|Threads|Cancellation|Executor|Lifetime)\*/)) {
    paragraph = paragraph substr(text, 1, RSTART)
    # What follows the brief sentence, or begins a paragraph, begins a line as it is.
    isWithin = isFirst ? paragraph ~ /[.] +[^ ]/ : paragraph ~ /[^ ]/
    done = done substr(text, 1, RSTART) (isWithin ? "@n " : "") substr(text, RSTART + 1, RLENGTH - 1)
    paragraph = paragraph substr(text, RSTART + 1, RLENGTH - 1)
    text = substr(text, RSTART + RLENGTH)
  }
  paragraph = paragraph text
  print substr($0, 1, comment) done text
  next
}

{ begin() }

{ sub(/^namespace box::inline v[0-9_]+/, "namespace box") }

/^(inline )?namespace .*{$/ {
  isOurs[++depth] = /namespace (box|event)/
  print $0 (isOurs[depth] ? " /** @begin_group{" group "} */" : "")
  next
}

/^}  \/\/ namespace/ {
  print (isOurs[depth--] ? "/** @} */ " : "") $0
  next
}

{ print }

# Makes a public header fit for Doxygen. Lines stay where they are, so that its messages name the right ones.
#
# - What a header declares belongs to the group of its folder (groups.dox).
# - In a comment, what begins with *Errors*, *Threads*, … begins a line.
#
# Takes -v root=FOLDER, the project's, and the path of a header below it.
FNR == 1 {
  group = substr(FILENAME, length(root) + length("/include/box/") + 1)
  if (!sub(/\/.*/, "", group)) {
    sub(/\.hpp$/, "", group)
    if (group == "error") group = "errors"
    else if (group ~ /^(entry|views|version)$/) group = "support"
    else group = "calls"
  }
}

/\/\/\// {
  comment = index($0, "///")
  code = substr($0, 1, comment + 2)
  text = substr($0, comment + 3)
  gsub(/[^ ] \*(Errors|Threads|Cancellation|Executor|Lifetime)\*/, "&\001", text)
  while ((mark = index(text, "\001")) > 0) {
    start = mark
    while (substr(text, start, 2) != " *") start--
    text = substr(text, 1, start) "@n " substr(text, start + 1, mark - start - 1) substr(text, mark + 1)
  }
  if (continues && text ~ /^ \*(Errors|Threads|Cancellation|Executor|Lifetime)\*/) text = " @n" text
  continues = text ~ /[^ ]/
  print code text
  next
}

{ continues = 0 }

# Doxygen closes a group at the end of the namespace in which it was opened.
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

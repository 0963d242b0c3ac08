# Writes each C++ sample of a Markdown file into a file of its own, and prints "KIND FILE" for each. A comment on the line
# before the fence says what it is:
#
#   <!-- sample: program -->       a whole program; compiled and linked
#   <!-- sample: program run -->   and run against an emulator; must end with 0
#   <!-- sample: body -->          statements of a coroutine; see around.hpp for the names that it may use
#   <!-- sample: body run -->      and run against an emulator
#   <!-- sample: declarations -->  classes and functions; compiled
#   <!-- sample: none (why) -->    not compiled
#
# A sample without such a comment is an error: nobody decided about it.
# Takes -v out=FOLDER -v name=NAME, NAME being the Markdown file's name for the compiler's messages.
{ sub(/\r$/, "") }

!inside && /^<!-- sample: .* -->$/ {
  mark = $0
  sub(/^<!-- sample: /, "", mark)
  sub(/ -->$/, "", mark)
  next
}

!inside && /^[ \t]*```(cpp|c\+\+|cc|C\+\+)/ {
  if (mark == "") {
    print name ":" NR ": a C++ sample without <!-- sample: ... --> on the line before it" > "/dev/stderr"
    exit failed = 1
  }
  inside = 1
  kind = mark
  sub(/ .*/, "", kind)
  run = (mark ~ / run$/)
  if (kind !~ /^(program|body|declarations|none)$/) {
    print name ":" NR ": no such kind of sample: " mark > "/dev/stderr"
    exit failed = 1
  }
  count++
  file = out "/sample_" count ".cpp"
  if (kind == "none") { file = "/dev/null" }
  printf "" > file
  if (kind == "body" || kind == "declarations") print "#include \"around.hpp\"" > file
  if (kind == "body") {
    print "asio::awaitable<void> sample(box::BoxClient client, std::string token, User user, Group group) {" > file
    # A block of its own, so that a sample may declare what is there already.
    print "{" > file
  }
  print "#line " NR + 1 " \"" name "\"" > file
  next
}

inside && /^[ \t]*```/ {
  if (kind == "body") print "}\nco_return;\n}" > file
  close(file)
  if (kind != "none") print kind (run ? "-run" : "") " " file
  inside = 0
  mark = ""
  next
}

inside { print > file; next }

# The mark belongs to the fence on the very next line.
{ mark = "" }

END {
  if (!failed && inside) {
    print name ": a sample does not end" > "/dev/stderr"
    exit 1
  }
  if (failed) exit 1
}

# Makes a Markdown page of the project fit for Doxygen 1.9.4, which knows neither the names of headings that links use
# nor links to a heading of another page: each heading gets the name {#PAGE--HEADING}, and each link to a page or to a
# heading becomes a reference to that name. A link to a file that is no page becomes its text.
#
# Takes -v root=FOLDER, the project's, and the path of a page below it.
FNR == 1 {
  path = substr(FILENAME, length(root) + 2)
  folder = path
  if (!sub(/\/[^\/]*$/, "", folder)) folder = ""
}

# The name of a page: "src-cli" for src/cli/README.md; Doxygen's own for the first page.
function nameOf(page) {
  if (page == "README.md") return "index"
  sub(/\.md$/, "", page)
  sub(/\/README$/, "", page)
  sub(/^\./, "", page)
  gsub(/[^A-Za-z0-9_-]/, "-", page)
  return page
}

# The name of a heading, as GitHub makes it where all its letters are ASCII.
function anchorOf(heading) {
  heading = tolower(heading)
  gsub(/ /, "-", heading)
  gsub(/[^a-z0-9_-]/, "", heading)
  return heading
}

# The path, from the project's root, of what a link on this page names.
function resolved(link,    parts, count, kept, i, whole) {
  count = split((folder == "" ? "" : folder "/") link, parts, "/")
  kept = 0
  for (i = 1; i <= count; i++) {
    if (parts[i] == "..") kept--
    else if (parts[i] != "." && parts[i] != "") parts[++kept] = parts[i]
  }
  whole = parts[1]
  for (i = 2; i <= kept; i++) whole = whole "/" parts[i]
  return whole
}

function linkTo(text, link,    mark, page, anchor) {
  gsub(/\n/, " ", text)
  if (link ~ /^[a-z]+:/) return "[" text "](" link ")"
  mark = index(link, "#")
  anchor = mark ? substr(link, mark + 1) : ""
  page = mark ? substr(link, 1, mark - 1) : link
  page = page == "" ? path : resolved(page)
  # The decisions stand below the page that lists them.
  if (path == "src/decisions/README.md" && page ~ /^src\/decisions\//) return "@subpage " nameOf(page) " \"" text "\""
  if (page ~ /\.md$/ || page == "test/package/examples")
    return "[" text "](@ref " nameOf(page) (anchor == "" ? "" : "--" anchor) ")"
  return text
}

function withReferences(text,    done, parts) {
  done = ""
  while (match(text, /\[[^][]*\]\([^() ]*\)/)) {
    split(substr(text, RSTART + 1, RLENGTH - 2), parts, /\]\(/)
    done = done substr(text, 1, RSTART - 1) linkTo(parts[1], parts[2])
    text = substr(text, RSTART + RLENGTH)
  }
  return done text
}

# A link may begin on one line and end on the next, but not beyond its paragraph.
held != "" && /^( *```|#+ |$)/ {
  printf "%s", withReferences(held)
  held = ""
}

/^ *```/ { inCode = !inCode }
inCode || /^ *```/ { print; next }

/^#+ / {
  heading = $0
  sub(/^#+ /, "", heading)
  if ($0 ~ /^##/) print $0 " {#" nameOf(path) "--" anchorOf(heading) "}"
  else print $0 (path == "README.md" ? "" : " {#" nameOf(path) "}")
  next
}

{
  rest = held $0
  held = ""
  if (rest ~ /\[[^]]*$/) {
    held = rest "\n"
    next
  }
  gsub(/ ::/, " \\::", rest)  # not a link to a global name
  print withReferences(rest)
}

END { if (held != "") printf "%s", withReferences(held) }

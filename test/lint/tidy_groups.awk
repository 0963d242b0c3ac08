# Puts sources into groups that can be compiled as one: a line for each, with its files. Within a group no two files give the
# same name to something in a namespace without a name, and all are of one part: library, program or emulator.

function part(file) {
  if (file ~ /\/cli\//) return "program"
  if (file ~ /\/emulator\//) return "emulator"
  return "library"
}

FNR == 1 { inside = 0; files[++count] = FILENAME }
/^namespace \{$/ { inside = 1; next }
/^}  \/\/ namespace$/ { inside = 0 }
!inside || !/^[A-Za-z_\[]/ { next }
{
  name = ""
  if (match($0, /^(class|struct|enum class|enum|using) +[A-Za-z_0-9]+/)) {
    name = substr($0, RSTART, RLENGTH)
    sub(/.* /, "", name)
  } else if (match($0, /[A-Za-z_0-9]+ *[(={;\[]/)) {
    name = substr($0, RSTART, RLENGTH)
    sub(/ *[(={;\[]$/, "", name)
  }
  if (name != "") names[count] = names[count] " " name
}

END {
  most = 14
  for (i = 1; i <= count; ++i) {
    n = split(names[i], own, " ")
    for (g = 1; g <= groups; ++g) {
      if (parts[g] != part(files[i]) || sizes[g] == most) continue
      clash = 0
      for (k = 1; k <= n; ++k) if ((g, own[k]) in taken) clash = 1
      if (!clash) break
    }
    if (g > groups) {
      groups = g
      parts[g] = part(files[i])
    }
    for (k = 1; k <= n; ++k) taken[g, own[k]] = 1
    members[g] = members[g] (sizes[g]++ ? " " : "") files[i]
  }
  for (g = 1; g <= groups; ++g) print members[g]
}

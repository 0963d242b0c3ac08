#!/usr/bin/env bash
# Tests one way in which the package reaches a user; see CMakeLists.txt in this folder, which sets the environment.
set -euo pipefail

static="$WORK_DIR/static/moved"
shared="$WORK_DIR/shared/moved"
here="$SOURCE_DIR/test/package"
unset DESTDIR

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

settings=(-G "$GENERATOR" "-DCMAKE_BUILD_TYPE=$BUILD_TYPE" "-DCMAKE_CXX_COMPILER=$CXX" "$CXX_FLAGS"
  "-DCMAKE_CXX_COMPILER_LAUNCHER=$CXX_LAUNCHER" "-DBoost_DIR=$BOOST_DIR")

# Installs into one folder and moves everything to another one. A file that still names the first folder is not
# relocatable.
# install BUILD-DIRECTORY PREFIX
install() {
  local staging
  staging="$(dirname "$2")/before"
  rm -rf "$(dirname "$2")"
  "$CMAKE" --install "$1" --prefix "$staging" >/dev/null
  mv "$staging" "$2"
  if grep -rIl -e "$staging" -e "$1" -- "$2"; then fail "these installed files name the place where they were made"; fi
}

# runs_minimal PROGRAM
runs_minimal() {
  local output
  output=$(USER_ID=12345 USER_LOGIN=ann@example.com GROUP_ID=67890 "$WITH_EMULATOR" "$1") || fail "$1: $output"
  echo "$output"
  grep -qx 'users ids=12345 logins=ann@example.com' <<<"$output" || fail "the emulator has no record of the users"
  grep -qx 'groups ids=67890' <<<"$output" || fail "the emulator has no record of the group"
}

# build_consumer BUILD-DIRECTORY CMAKE-ARGUMENT...
build_consumer() {
  local build=$1
  shift
  rm -rf "$build"
  "$CMAKE" -S "$here/consumer" -B "$build" "${settings[@]}" "$@"
  "$CMAKE" --build "$build"
}

# link_with_pkg_config PREFIX PROGRAM [OPTION...]: the one line of the README
link_with_pkg_config() {
  local flags
  export PKG_CONFIG_PATH
  PKG_CONFIG_PATH=$(dirname "$(find "$1" -name box-sessions.pc)")
  flags=$(pkg-config --cflags --libs box-sessions) || fail "pkg-config does not find box-sessions"
  # shellcheck disable=SC2086  # flags are several words
  "$CXX" -std=c++20 "${@:3}" "$here/examples/minimal.cpp" -o "$2" $flags
}

# A shared library must export the public symbols and hide all others, including those of its dependencies.
check_exports() {
  local library=$1 strangers
  command -v nm >/dev/null || return 0
  # The symbol that detects a program compiled without RTTI is public on purpose.
  # Templates of Asio and of the standard library are declared visible, because a process must have only one copy of
  # their statics.
  strangers=$(nm -DC --defined-only "$library" | cut -d' ' -f3- |
    grep -E '(^| )(box::(detail|pool|http|async|transport|pipeline)::|boost::json::|boost::beast::)' |
    grep -vE 'box::detail::compiledWith(out)?Rtti' | head -n 5) || true
  [[ -z $strangers ]] || fail "$library exports what is not public: $strangers"
}

# The server in its own event loop. The test uses a plain socket, so that no further tool is needed.
runs_event_loop_server() {
  local program=$1 output=$2
  # shellcheck disable=SC2016  # $1 is the inner shell's
  "$WITH_EMULATOR" bash -c '
    "$1" 0 >"$2.log" & server=$!
    for _ in {1..100}; do grep -q listening "$2.log" && break; sleep 0.1; done
    port=$(sed -n "s/^listening on port //p" "$2.log")
    ask() {
      exec 3<>"/dev/tcp/127.0.0.1/$port"
      printf "%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n" "$1" >&3
      head -n 1 <&3
      exec 3<&- 3>&-
    }
    ask "POST /revoke/4711"; ask "POST /revoke/4712"; ask "POST /revoke/no-number"; ask "GET /revoke/4713"; ask "POST /"
    kill -TERM "$server"
    wait "$server" || echo "the server ended with $?"
    sed "s/port [0-9]*\$/port PORT/" "$2.log"' bash "$program" "$output" | tr -d '\r' | tee "$output"
  diff "$output" - <<'EXPECTED' || fail "the server did not do as it should"
HTTP/1.1 202 Accepted
HTTP/1.1 202 Accepted
HTTP/1.1 400 Bad Request
HTTP/1.1 405 Method Not Allowed
HTTP/1.1 404 Not Found
listening on port PORT
stopped
users ids=4711 logins=
users ids=4712 logins=
EXPECTED
}

runs_many_calls() {
  local program=$1 output ids
  ids=$(seq 1000 1039)
  # shellcheck disable=SC2086  # ids are several words
  output=$("$WITH_EMULATOR" "$program" $ids) || fail "many_calls: $output"
  grep -qx '40 accepted, 0 cancelled, 0 failed' <<<"$output" || fail "many_calls: $output"
  [[ $(grep -c '^users ids=10[0-3][0-9] logins=$' <<<"$output") == 40 ]] || fail "the emulator's record: $output"

  # The program is cancelled: the answers take longer than it runs.
  # shellcheck disable=SC2086
  output=$("$WITH_EMULATOR" --latency 20000 timeout -s INT 1 "$program" $ids 2>/dev/null) && fail "cancelled, yet 0"
  grep -qx '0 accepted, 40 cancelled, 0 failed' <<<"$output" || fail "many_calls, cancelled: $output"
}

mkdir -p "$WORK_DIR"
case $1 in
  install_static)
    install "$BINARY_DIR" "$static"
    # The library is static here, so that the program needs shared libraries of the system only.
    if [[ -e $static/bin/box-sessions ]]; then
      if readelf -d "$static/bin/box-sessions" | grep -E 'R(UN)?PATH'; then fail "the program looks in folders beside it"; fi
      for made in man/man1/box-sessions.1 bash-completion/completions/box-sessions zsh/site-functions/_box-sessions \
        fish/vendor_completions.d/box-sessions.fish; do
        grep -q 'retry-rejected\|retry..rejected' "$static/share/$made" || fail "share/$made does not have the options"
      done
    fi
    ;;
  add_subdirectory)
    # With the default options. It is only configured, because the other tests compile the same sources.
    rm -rf "$WORK_DIR/configured"
    "$CMAKE" -S "$here/consumer" -B "$WORK_DIR/configured" "${settings[@]}" "-DBOX_SESSIONS_SOURCE_DIR=$SOURCE_DIR"
    # As a shared library, and by a user who compiles all sources as one.
    build_consumer "$WORK_DIR/subdirectory" "-DBOX_SESSIONS_SOURCE_DIR=$SOURCE_DIR" -DBUILD_SHARED_LIBS=ON \
      -DBOX_SESSIONS_INSTALL=ON -DCMAKE_UNITY_BUILD=ON "-DBOX_SESSIONS_WARNINGS_AS_ERRORS=$WERROR" \
      -DCMAKE_INSTALL_PREFIX="$WORK_DIR/nowhere"
    runs_minimal "$WORK_DIR/subdirectory/minimal"
    install "$WORK_DIR/subdirectory" "$shared"
    check_exports "$(find "$shared" -name 'libbox_sessions.so')"
    # How the library is linked in this project differs from how its users link it.
    if [[ $GENERATOR == Ninja ]]; then
      commands=$(ninja -C "$WORK_DIR/subdirectory" -t commands minimal | tail -n 1)
      [[ $commands == *minimal* ]] || fail "ninja does not tell how minimal is linked"
      [[ $commands != *z,now* ]] || fail "the library tells its users how to link"
    fi
    ;;
  find_package_static)
    build_consumer "$WORK_DIR/consumer-static" "-DCMAKE_PREFIX_PATH=$static" \
      '-Dexamples=minimal;event_loop_server;many_calls'
    WITH_EMULATOR="$WORK_DIR/consumer-static/with_emulator"
    runs_minimal "$WORK_DIR/consumer-static/minimal"
    runs_event_loop_server "$WORK_DIR/consumer-static/event_loop_server" "$WORK_DIR/event_loop_server.out"
    runs_many_calls "$WORK_DIR/consumer-static/many_calls"
    ;;
  find_package_shared)
    build_consumer "$WORK_DIR/consumer-shared" "-DCMAKE_PREFIX_PATH=$shared"
    runs_minimal "$WORK_DIR/consumer-shared/minimal"
    ;;
  pkg_config_static)
    link_with_pkg_config "$static" "$WORK_DIR/minimal-static"
    runs_minimal "$WORK_DIR/minimal-static"
    ;;
  pkg_config_shared)
    link_with_pkg_config "$shared" "$WORK_DIR/minimal-shared"
    LD_LIBRARY_PATH=$(dirname "$(find "$shared" -name libbox_sessions.so)")
    export LD_LIBRARY_PATH
    runs_minimal "$WORK_DIR/minimal-shared"
    ;;
  two_copies)
    rm -rf "$WORK_DIR/two_copies"
    "$CMAKE" -S "$here/two_copies" -B "$WORK_DIR/two_copies" "${settings[@]}" "-DCMAKE_PREFIX_PATH=$static"
    "$CMAKE" --build "$WORK_DIR/two_copies"
    "$WORK_DIR/two_copies/host" || fail "error codes of the one copy are not equal to those of the other"
    ;;
  without_rtti)
    # The compiler's messages must be in a known language, because the test searches them for words.
    if errors=$(LC_ALL=C link_with_pkg_config "$static" "$WORK_DIR/without-rtti" -fno-rtti 2>&1); then
      fail "a program without RTTI links with a library that has it"
    fi
    grep -q 'compiledWithoutRtti' <<<"$errors" || fail "another reason than RTTI: $errors"
    ;;
  without_emulator)
    if errors=$("$CMAKE" -S "$here/consumer" -B "$WORK_DIR/without-emulator" "${settings[@]}" \
      "-DCMAKE_PREFIX_PATH=$shared" -Dcomponents=emulator 2>&1); then
      fail "a package without the emulator was found with it"
    fi
    grep -q 'BOX_SESSIONS_BUILD_EMULATOR=ON' <<<"$(tr -s '\n ' '  ' <<<"$errors")" || fail "no remedy is told: $errors"
    ;;
  what_readme_names)
    # Without the packages that README does not name. It is only configured, because the other tests compile the same
    # sources.
    nothing_more=(-DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON -DCMAKE_DISABLE_FIND_PACKAGE_boost_program_options=ON)
    build="$WORK_DIR/what_readme_names"
    configure() {
      rm -rf "$build"
      "$CMAKE" -S "$SOURCE_DIR" -B "$build" "${settings[@]}" "$@" 2>&1
    }
    # built TARGET
    built() { "$CMAKE" --build "$build" --target help | grep -qE "(^|[ .])$1(:|\$| )"; }
    output=$(configure "${nothing_more[@]}") || fail "$output"
    grep -q 'the program is not built: Boost.Program_options' <<<"$output" || fail "not told of the program: $output"
    grep -q 'the tests are not built: GoogleTest' <<<"$output" || fail "not told of the tests: $output"
    built box_sessions || fail "the library is not built"
    built box-sessions && fail "the program is built, without Boost.Program_options"
    built box_unit_test && fail "the tests are built, without GoogleTest"
    for part in PROGRAM TESTS; do
      output=$(configure "${nothing_more[@]}" "-DBOX_SESSIONS_BUILD_$part=ON") && fail "$part was asked for and left out"
      grep -q "BOX_SESSIONS_BUILD_$part is ON" <<<"$output" || fail "another reason: $output"
    done
    configure -DBUILD_TESTING=OFF >/dev/null
    built box-sessions || fail "the program is not built"
    built box_unit_test && fail "BUILD_TESTING=OFF builds the tests"
    output=$(configure -DBUILD_SHARED_LIBS=ON) || fail "$output"
    grep -q 'the tests are not built: they need a static' <<<"$output" || fail "not told of the tests: $output"
    ;;
  *) fail "no such variant: $1" ;;
esac

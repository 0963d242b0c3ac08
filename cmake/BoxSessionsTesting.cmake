# Helpers for test/: one line a test program.
include(GoogleTest)

# Everything that tests compile with: the library's private headers (a test of the core is a test of src), the project's
# warnings, and GoogleMock's main.
add_library(box_sessions_testing INTERFACE)
target_include_directories(box_sessions_testing INTERFACE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/test")
target_link_libraries(box_sessions_testing INTERFACE
  box_sessions box_emulator box_sessions_build_options
  Boost::headers Boost::json OpenSSL::SSL OpenSSL::Crypto GTest::gmock_main)
# `if (x) EXPECT_EQ(...)`: GoogleTest's macros guard against a dangling else in a way that g++ does not see.
target_compile_options(box_sessions_testing INTERFACE -Wno-dangling-else)
# Precompiled headers that ccache can tell apart by what is in them.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(box_sessions_testing INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# Tests are compiled without optimisation, also where the library is optimised. It takes less time, and g++ 12 at -O1 warns of
# bounds that are kept where a test puts strings together.
set(BOX_SESSIONS_TEST_OPTIONS -O0)

set(BOX_SESSIONS_TEST_GROUPS "" CACHE STRING "In how many processes ctest runs the tests of a large program; empty: each test in one")

# box_add_test(NAME [TOGETHER] SOURCES file... [LIBRARIES target...] [LABELS label...] [TIMEOUT seconds])
#
# A GoogleTest program whose tests ctest knows one by one. ThreadSanitizer's build has only those programs that are about
# threads: with the label `threads`, or in the folders threads, integration and fault.
#
# TOGETHER: each of the program's many tests leaves the process as it found it, so that they may run in as many processes as
# BOX_SESSIONS_TEST_GROUPS says, `Together.NAME.1` and so on.
function(box_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "TOGETHER" "TIMEOUT" "SOURCES;LIBRARIES;LABELS")
  if(NOT test_TIMEOUT)
    # Only a test that hangs reaches it: a machine that others use may be ten times slower.
    set(test_TIMEOUT 180)
  endif()
  add_executable(${name} ${test_SOURCES})
  box_harden(${name})
  target_compile_options(${name} PRIVATE ${BOX_SESSIONS_TEST_OPTIONS})
  target_link_libraries(${name} PRIVATE box_sessions_testing ${test_LIBRARIES})
  target_precompile_headers(${name} REUSE_FROM box_test_support)
  box_group_sources(${name})
  if(BOX_SESSIONS_SANITIZE STREQUAL "thread" AND NOT "threads" IN_LIST test_LABELS
      AND NOT CMAKE_CURRENT_SOURCE_DIR MATCHES "/test/(threads|integration|fault)$")
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  if(test_TOGETHER AND BOX_SESSIONS_TEST_GROUPS)
    math(EXPR last "${BOX_SESSIONS_TEST_GROUPS} - 1")
    foreach(i RANGE ${last})
      math(EXPR number "${i} + 1")
      add_test(NAME Together.${name}.${number} COMMAND ${name})
      set_tests_properties(Together.${name}.${number} PROPERTIES TIMEOUT 1800 LABELS "${test_LABELS}"
        ENVIRONMENT "GTEST_TOTAL_SHARDS=${BOX_SESSIONS_TEST_GROUPS};GTEST_SHARD_INDEX=${i}")
    endforeach()
    return()
  endif()
  # Listing at test time: a build does not fail, and is not slowed down, because a program cannot start.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${test_TIMEOUT} LABELS "${test_LABELS}")
endfunction()

# How this project compiles its own sources. Nothing here reaches those who use the library: targets take it as
# $<BUILD_INTERFACE:box_sessions_build_options>, and the exported targets do not name it.
include(CheckCXXCompilerFlag)

add_library(box_sessions_build_options INTERFACE)
target_compile_features(box_sessions_build_options INTERFACE cxx_std_20)

target_compile_options(box_sessions_build_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion)
# In a piece of several sources a source sees the names of its neighbours, which it did not choose.
if(NOT CMAKE_UNITY_BUILD)
  target_compile_options(box_sessions_build_options INTERFACE -Wshadow)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ takes the sources of a piece for headers, whose types without a name would differ between those that include them.
  target_compile_options(box_sessions_build_options INTERFACE -Wno-subobject-linkage)
endif()
if(BOX_SESSIONS_WARNINGS_AS_ERRORS)
  target_compile_options(box_sessions_build_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 and later report a mismatch of new and delete on the frames of awaitables that they inline: Asio's promise
  # has an operator delete of its own, which the optimiser loses sight of.
  target_compile_options(box_sessions_build_options INTERFACE -Wno-mismatched-new-delete)
endif()

# The checks cost little beside TLS. They are for optimised builds (fortification needs the optimiser), and a sanitizer
# replaces them by better ones.
if(BOX_SESSIONS_HARDENING AND NOT BOX_SESSIONS_SANITIZE)
  set(optimised $<CONFIG:Release,RelWithDebInfo,MinSizeRel>)
  check_cxx_compiler_flag(-fcf-protection BOX_SESSIONS_HAVE_CF_PROTECTION)
  set(BOX_SESSIONS_FORTIFY_LEVEL 2)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12)
    set(BOX_SESSIONS_FORTIFY_LEVEL 3)
  endif()
  target_compile_options(box_sessions_build_options INTERFACE
    $<${optimised}:-fstack-protector-strong>
    $<${optimised}:$<$<BOOL:${BOX_SESSIONS_HAVE_CF_PROTECTION}>:-fcf-protection>>
    # Some distributions predefine another level; without -U that is a warning for each file.
    $<${optimised}:-U_FORTIFY_SOURCE>
    $<${optimised}:-D_FORTIFY_SOURCE=${BOX_SESSIONS_FORTIFY_LEVEL}>)
endif()

# box_group_sources(TARGET): where CMAKE_UNITY_BUILD is on, up to twelve sources of one folder are compiled as one. So the names
# that sources keep to themselves differ within a folder; between folders they may be the same.
function(box_group_sources target)
  if(NOT CMAKE_UNITY_BUILD)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "^[^$]+\\.cpp$")
  foreach(source IN LISTS sources)
    get_filename_component(folder "${source}" DIRECTORY)
    string(MAKE_C_IDENTIFIER "in_${folder}" group)
    list(APPEND groups ${group})
    list(APPEND ${group} "${source}")
  endforeach()
  list(REMOVE_DUPLICATES groups)
  foreach(group IN LISTS groups)
    list(LENGTH ${group} count)
    math(EXPR pieces "(${count} + 11) / 12")
    set(number 0)
    foreach(source IN LISTS ${group})
      math(EXPR piece "${number} * ${pieces} / ${count}")
      set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${group}_${piece}")
      math(EXPR number "${number} + 1")
    endforeach()
  endforeach()
endfunction()

# box_precompile(TARGET): parses once what most of a target's sources include. Only where this is the whole build.
function(box_precompile target)
  if(NOT PROJECT_IS_TOP_LEVEL)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE
    <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/steady_timer.hpp>
    <boost/asio/use_awaitable.hpp> <boost/json.hpp> <functional> <map> <memory> <mutex> <optional> <string> <variant> <vector>)
  # So that ccache can tell precompiled headers apart by what is in them.
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

# box_harden(TARGET): what is linked here, a program or a shared library. Not by way of the options above: a static
# library hands its link options on to whoever links it, and what they want is their affair.
function(box_harden target)
  if(BOX_SESSIONS_HARDENING AND NOT BOX_SESSIONS_SANITIZE AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
    target_link_options(${target} PRIVATE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
  endif()
endfunction()

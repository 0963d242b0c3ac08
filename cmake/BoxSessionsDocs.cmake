# The API reference: the public headers, the pages of the project, and the programs of test/package/examples.
# box_sessions_configure_docs(DOXYFILE OUTPUT) writes the file by which Doxygen makes it in the folder OUTPUT.
find_program(BOX_SESSIONS_DOXYGEN NAMES doxygen)
find_program(BOX_SESSIONS_AWK NAMES awk)

function(box_sessions_configure_docs doxyfile output)
  # In the order in which they are offered: the pages for users first, then those for who changes the project.
  set(pages README.md include/box/README.md include/box/EXAMPLES.md include/box/CHANGES.md src/cli/README.md
    src/emulator/README.md test/fault/faults.md .github/SECURITY.md .github/CONTRIBUTING.md src/README.md
    src/decisions/README.md test/README.md bench/README.md)
  file(GLOB_RECURSE others RELATIVE "${PROJECT_SOURCE_DIR}"
    "${PROJECT_SOURCE_DIR}/include/*.md" "${PROJECT_SOURCE_DIR}/src/*.md" "${PROJECT_SOURCE_DIR}/test/*.md")
  list(SORT others)
  list(APPEND pages ${others})
  list(REMOVE_DUPLICATES pages)
  list(TRANSFORM pages PREPEND "${PROJECT_SOURCE_DIR}/")

  get_filename_component(folder "${doxyfile}" DIRECTORY)
  set(examples "/** @page test-package-examples More programs\n\n")
  string(APPEND examples "Tests build them against an installed package, and run them.\n")
  set(programs_folder "${PROJECT_SOURCE_DIR}/test/package/examples")
  file(GLOB programs RELATIVE "${programs_folder}" "${programs_folder}/*.cpp")
  list(SORT programs)
  foreach(program IN LISTS programs)
    string(MAKE_C_IDENTIFIER "example_${program}" name)
    string(APPEND examples "\n@section ${name} ${program}\n@include ${program}\n")
  endforeach()
  file(WRITE "${folder}/examples.dox" "${examples}*/\n")

  set(input ${pages} "${folder}/examples.dox" "${PROJECT_SOURCE_DIR}/cmake/docs/groups.dox"
    "${PROJECT_SOURCE_DIR}/include/box")
  list(TRANSFORM input PREPEND "\"")
  list(TRANSFORM input APPEND "\"")
  string(REPLACE ";" " " BOX_SESSIONS_DOCS_INPUT "${input}")
  set(BOX_SESSIONS_DOCS_OUTPUT "${output}")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/docs/Doxyfile.in" "${doxyfile}" @ONLY)
endfunction()

if(BOX_SESSIONS_BUILD_DOCS)
  if(NOT BOX_SESSIONS_DOXYGEN OR NOT BOX_SESSIONS_AWK)
    message(FATAL_ERROR "box-sessions: Doxygen and awk were not found; BOX_SESSIONS_BUILD_DOCS is ON")
  endif()
  box_sessions_configure_docs("${PROJECT_BINARY_DIR}/docs/Doxyfile" "${PROJECT_BINARY_DIR}/docs")
  add_custom_target(docs COMMAND "${BOX_SESSIONS_DOXYGEN}" "${PROJECT_BINARY_DIR}/docs/Doxyfile"
    COMMENT "Writing the API reference to ${PROJECT_BINARY_DIR}/docs/html" VERBATIM)
endif()

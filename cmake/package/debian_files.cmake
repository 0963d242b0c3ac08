# Run by CPack for what it is about to pack: gives each package what Debian's policy asks of it. Man page and changelog are
# compressed without a name and a time, so that two runs give the same bytes.
file(GLOB roots LIST_DIRECTORIES true "${CPACK_TEMPORARY_DIRECTORY}/*")
foreach(root IN LISTS roots)
  get_filename_component(component "${root}" NAME)
  string(TOUPPER "${component}" upper)
  set(package "${CPACK_DEBIAN_${upper}_PACKAGE_NAME}")
  if(NOT package)
    continue()
  endif()

  set(doc "${root}/usr/share/doc/${package}")
  file(COPY "${CPACK_BOX_SESSIONS_COPYRIGHT}" DESTINATION "${doc}"
    FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  file(WRITE "${doc}/changelog"
    "box-sessions (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium\n\n  * See CHANGES.md of the sources.\n\n"
    " -- ${CPACK_PACKAGE_CONTACT}  Thu, 01 Jan 2026 00:00:00 +0000\n")
  file(GLOB_RECURSE texts "${root}/usr/share/man/*.1" "${doc}/changelog")
  execute_process(COMMAND gzip -9n ${texts} COMMAND_ERROR_IS_FATAL ANY)

  # Completions of zsh have a folder of their own in Debian's packages.
  if(EXISTS "${root}/usr/share/zsh/site-functions")
    file(RENAME "${root}/usr/share/zsh/site-functions" "${root}/usr/share/zsh/vendor-completions")
  endif()
  file(GLOB_RECURSE archives "${root}/usr/lib/*.a")
  foreach(archive IN LISTS archives)
    execute_process(COMMAND strip --strip-debug --remove-section=.comment --enable-deterministic-archives "${archive}"
      COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endforeach()

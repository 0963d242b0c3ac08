# What is installed, and how others find it: find_package(box-sessions) gives box::sessions (and box::emulator where that
# was built), pkg-config box-sessions and box-emulator. All of it may be moved to another place after it was installed.
# `cmake --install` takes --component: development (the library), emulator, program, and for shared libraries what is needed to
# run with them, libraries.
include(CMakePackageConfigHelpers)

set(BOX_SESSIONS_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/box-sessions")

install(TARGETS box_sessions EXPORT box-sessions-targets
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT libraries NAMELINK_COMPONENT development
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/box" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development
  FILES_MATCHING PATTERN "*.hpp" PATTERN "emulator" EXCLUDE)
install(EXPORT box-sessions-targets NAMESPACE box:: DESTINATION "${BOX_SESSIONS_CMAKE_DIR}" COMPONENT development)

if(BOX_SESSIONS_BUILD_EMULATOR)
  install(TARGETS box_emulator EXPORT box-emulator-targets
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT libraries NAMELINK_COMPONENT emulator
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT emulator)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/box/emulator" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/box"
    COMPONENT emulator FILES_MATCHING PATTERN "*.hpp")
  install(EXPORT box-emulator-targets NAMESPACE box:: DESTINATION "${BOX_SESSIONS_CMAKE_DIR}" COMPONENT emulator)
endif()

if(TARGET box-sessions)
  # The program finds a shared library of ours beside it, wherever both are moved to. Without one it looks nowhere but where
  # the system does: a folder beside a copy of it may be anybody's.
  if(BUILD_SHARED_LIBS)
    file(RELATIVE_PATH relative "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
    set_target_properties(box-sessions PROPERTIES INSTALL_RPATH "$ORIGIN/${relative}")
  endif()
  install(TARGETS box-sessions RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
  if(NOT CMAKE_CROSSCOMPILING AND NOT BOX_SESSIONS_SANITIZE)
    get_target_property(made box-sessions BINARY_DIR)
    install(FILES "${made}/box-sessions.1" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT program)
    install(FILES "${made}/box-sessions.bash" RENAME box-sessions
      DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" COMPONENT program)
    install(FILES "${made}/_box-sessions" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" COMPONENT program)
    install(FILES "${made}/box-sessions.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d"
      COMPONENT program)
  endif()
endif()

get_target_property(box_sessions_type box_sessions TYPE)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/box-sessions-config.cmake.in" box-sessions-config.cmake
  INSTALL_DESTINATION "${BOX_SESSIONS_CMAKE_DIR}" NO_SET_AND_CHECK_MACRO)
set(compatibility SameMajorVersion)
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(compatibility SameMinorVersion)
endif()
write_basic_package_version_file(box-sessions-config-version.cmake COMPATIBILITY ${compatibility})
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/box-sessions-config.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/box-sessions-config-version.cmake"
  DESTINATION "${BOX_SESSIONS_CMAKE_DIR}" COMPONENT development)

# pkg-config. Boost has no .pc files, so its libraries are named as the linker knows them, with their folder where the
# linker would not look by itself.
set(box_pc_boost_libs "")
set(box_pc_boost_cflags "")
foreach(library IN ITEMS json container)
  # A shared Boost.JSON brings its Boost.Container along, a static one does not.
  get_target_property(type Boost::json TYPE)
  if(NOT TARGET Boost::${library} OR (library STREQUAL "container" AND NOT type STREQUAL "STATIC_LIBRARY"))
    continue()
  endif()
  get_target_property(location Boost::${library} LOCATION)
  get_filename_component(directory "${location}" DIRECTORY)
  get_filename_component(name "${location}" NAME)
  string(REGEX REPLACE "^lib(.*)\\.(a|so[.0-9]*)$" "\\1" name "${name}")
  if(NOT directory IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES AND NOT box_pc_boost_libs MATCHES "-L${directory} ")
    string(APPEND box_pc_boost_libs " -L${directory}")
  endif()
  string(APPEND box_pc_boost_libs " -l${name}")
endforeach()
get_target_property(include_directory Boost::headers INTERFACE_INCLUDE_DIRECTORIES)
if(include_directory AND NOT include_directory IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
  set(box_pc_boost_cflags " -I${include_directory}")
endif()

function(box_sessions_install_pc name description library macro component)
  # A shared library keeps its dependencies to itself. Of a static one every user needs them, also one who did not think of
  # pkg-config's --static, so they are no private matter there.
  set(private_suffix "")
  set(cflags "${box_pc_boost_cflags}")
  if(box_sessions_type STREQUAL "SHARED_LIBRARY")
    set(private_suffix ".private")
  else()
    string(PREPEND cflags " -D${macro}")
  endif()
  set(dependencies "Requires${private_suffix}: openssl >= 3.0")
  if(box_sessions_type STREQUAL "SHARED_LIBRARY")
    string(APPEND dependencies "\nLibs: -L\${libdir} -l${library} -pthread\nLibs.private:${box_pc_boost_libs}")
  else()
    string(APPEND dependencies "\nLibs: -L\${libdir} -l${library}${box_pc_boost_libs} -pthread")
  endif()
  file(RELATIVE_PATH up "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
  string(REGEX REPLACE "/$" "" up "${up}")
  foreach(kind IN ITEMS includedir libdir)
    string(TOUPPER ${kind} upper)
    if(IS_ABSOLUTE "${CMAKE_INSTALL_${upper}}")
      set(${kind} "${CMAKE_INSTALL_${upper}}")
    else()
      set(${kind} "\${prefix}/${CMAKE_INSTALL_${upper}}")
    endif()
  endforeach()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/library.pc.in" ${name}.pc @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
    COMPONENT ${component})
endfunction()

box_sessions_install_pc(box-sessions "${PROJECT_DESCRIPTION}" box_sessions BOX_SESSIONS_STATIC development)
if(BOX_SESSIONS_BUILD_EMULATOR)
  box_sessions_install_pc(box-emulator "A Box of one's own for tests of box-sessions" box_emulator BOX_EMULATOR_STATIC emulator)
endif()

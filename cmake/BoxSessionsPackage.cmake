# Debian packages by CPack, one a component: libbox-sessions-dev, libbox-emulator-dev and box-sessions, the program.
# `bash cmake/package.sh` makes them, and tries them. They are of static libraries, so that a program that was built with them
# needs no package of ours when it runs.
set(CPACK_PACKAGE_NAME box-sessions)
set(CPACK_PACKAGE_VENDOR "")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "end the sessions of Box users and groups")
set(BOX_SESSIONS_MAINTAINER "The authors of box-sessions <box-sessions@debian.invalid>" CACHE STRING
  "Maintainer of the Debian packages: name and address of the one who builds them")
set(CPACK_PACKAGE_CONTACT "${BOX_SESSIONS_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION admin)
set(CPACK_COMPONENTS_ALL development)
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/package/debian_files.cmake")
set(CPACK_BOX_SESSIONS_COPYRIGHT "${CMAKE_CURRENT_LIST_DIR}/package/copyright")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libbox-sessions-dev)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "A client library for C++20 services on Boost.Asio: over pooled and verified\n\
TLS connections, with deadlines, retries and lists of any length. This package\n\
has the headers, the static library, and what CMake and pkg-config need to\n\
find them.")
set(boost "${Boost_VERSION_MAJOR}.${Boost_VERSION_MINOR}")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libboost${boost}-dev, libboost-json${boost}-dev, libssl-dev (>= 3.0)")

if(BOX_SESSIONS_BUILD_EMULATOR)
  list(APPEND CPACK_COMPONENTS_ALL emulator)
  set(CPACK_DEBIAN_EMULATOR_PACKAGE_NAME libbox-emulator-dev)
  set(CPACK_COMPONENT_EMULATOR_DESCRIPTION
    "A Box on a loopback port, with scripted faults: tests of a service that uses\n\
libbox-sessions-dev need no account. This package has the headers, the static\n\
library, and what CMake and pkg-config need to find them.")
  set(CPACK_DEBIAN_EMULATOR_PACKAGE_DEPENDS "libbox-sessions-dev (= ${PROJECT_VERSION})")
endif()

if(TARGET box-sessions)
  list(APPEND CPACK_COMPONENTS_ALL program)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME box-sessions)
  set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
    "For the administrators of a Box enterprise: ends the sessions of the people\n\
that a list names, in batches, paced and resumable, and accounts for each of\n\
them. With a man page, completions for bash, zsh and fish, and an emulator of\n\
Box to try it with.")
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
endif()

include(CPack)

# The toolchain file for Windows: MinGW-w64 with POSIX threads, as Debian has it. BOX_CROSS_PREFIX is the folder with OpenSSL,
# Boost's compiled parts and GoogleTest, which cross.sh makes.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)
# Programs that need no DLL of the compiler. The second option is for tests, which are large without optimisation.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
set(CMAKE_CXX_FLAGS_INIT "-Wa,-mbig-obj")

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES BOX_CROSS_PREFIX)
set(CMAKE_FIND_ROOT_PATH "${BOX_CROSS_PREFIX}" /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_PREFIX_PATH "${BOX_CROSS_PREFIX}")
set(OPENSSL_ROOT_DIR "${BOX_CROSS_PREFIX}")
set(OPENSSL_USE_STATIC_LIBS ON)

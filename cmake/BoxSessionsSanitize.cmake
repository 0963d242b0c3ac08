# A sanitizer must see every file of a program, so it is set for this project's folders as a whole; as part of another
# project that is still only this project's share, and the option is empty by default.
if(BOX_SESSIONS_SANITIZE STREQUAL "address")
  set(flags -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # clang 14 cannot emit -fsanitize=function's prefix data in front of a coroutine ("difference across sections").
    list(APPEND flags -fno-sanitize=function)
    # To look at an address, its check of virtual tables opens a pipe: in a test that leaves the process no descriptor, it
    # takes each object for none.
    list(APPEND flags -fno-sanitize=vptr)
  endif()
  add_compile_options(${flags})
  add_link_options(${flags})
elseif(BOX_SESSIONS_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # Asio uses fences, which g++ says that it does not follow
  endif()
  add_link_options(-fsanitize=thread)
elseif(BOX_SESSIONS_SANITIZE)
  message(FATAL_ERROR "BOX_SESSIONS_SANITIZE is \"${BOX_SESSIONS_SANITIZE}\"; it may be address, thread or empty")
endif()

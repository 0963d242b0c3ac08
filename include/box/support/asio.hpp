#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// The Asio that this library uses. The public headers use only its awaitable and its executors.
namespace asio = boost::asio;

namespace detail {

// If code is compiled without RTTI, Asio's executors have another layout, and a program that mixes code with and
// without RTTI crashes. The library defines only the symbol that fits its own build (compiledWithRtti or
// compiledWithoutRtti), and code that includes this header refers to the one that fits its build: if the two differ,
// the program does not link.
#if defined(__cpp_rtti)
#define BOX_COMPILED compiledWithRtti
#else
#define BOX_COMPILED compiledWithoutRtti
#endif
BOX_API extern const char BOX_COMPILED;
[[gnu::used]] inline const char* const compiledTheSameWay = &BOX_COMPILED;

}  // namespace detail

}  // namespace box::inline v0_1

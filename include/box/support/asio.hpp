#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// The Asio that this library uses. Public headers use its awaitable and its executors, and nothing else of it.
namespace asio = boost::asio;

namespace detail {

// Without RTTI Asio's executors have another layout, and a program that mixes both crashes. The library defines only
// the name for the way in which it was compiled, and each user refers to the name for the way in which he compiles: a
// mismatch does not link.
#if defined(__cpp_rtti)
#define BOX_COMPILED compiledWithRtti
#else
#define BOX_COMPILED compiledWithoutRtti
#endif
BOX_API extern const char BOX_COMPILED;
[[gnu::used]] inline const char* const compiledTheSameWay = &BOX_COMPILED;

}  // namespace detail

}  // namespace box::inline v0_1

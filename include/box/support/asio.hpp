#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace box {

/// The one Asio that this library speaks. Public headers use its awaitable and its executors, nothing else of it.
namespace asio = boost::asio;

}  // namespace box

// All of Boost.JSON in one source.
#include <boost/json/src.hpp>

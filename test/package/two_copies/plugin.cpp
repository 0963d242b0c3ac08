#include <box/error.hpp>

__attribute__((visibility("default"))) const void* categoryOfPlugin() { return &box::errorCategory(); }

__attribute__((visibility("default"))) void throwFromPlugin() {
  throw box::BoxSdkError(box::Errc::connectTimeout, "from the plugin");
}

// An exception that the plugin throws has the same meaning here, in a program with another copy of the library.
#include <iostream>

#include <box/error.hpp>

const void* categoryOfPlugin();
void throwFromPlugin();

int main() {
  if (categoryOfPlugin() == &box::errorCategory()) {
    std::cerr << "there is one copy only, so this proves nothing\n";
    return 2;
  }
  try {
    throwFromPlugin();
  } catch (const box::BoxSdkError& error) {
    const bool equal = error.code() == box::Errc::connectTimeout && error.code() == box::ErrorCondition::timeout &&
                       error.code() == box::ErrorCondition::network && error.kind() == box::FailureKind::connect &&
                       box::kindOf(error.code()) == box::FailureKind::connect;
    std::cout << error.what() << (equal ? ": equal\n" : ": not equal\n");
    return equal ? 0 : 1;
  }
  return 1;
}

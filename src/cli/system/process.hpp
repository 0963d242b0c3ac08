#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <box/support/secret.hpp>

namespace box::cli {

/// Prepares the process before anything else: a socket cannot take the place of a closed standard descriptor, secrets
/// are kept out of core files, other processes of the same user cannot read the memory, and writes that nobody reads
/// fail instead of ending the program. On Windows other processes of the same user can read the memory. There OpenSSL
/// reads a configuration file only if OPENSSL_CONF names it.
void prepareProcess() noexcept;

/// The arguments in UTF-8, without the program's name.
std::vector<std::string> commandLine(int count, const char* const* arguments);

/// Takes a variable out of the environment and wipes it there. Empty: it is not set.
Secret takeVariable(const char* name);

/// The signals that ask the program to stop, without those that were ignored when it started: nohup or a shell's
/// background job has set it so.
std::vector<int> stopSignals();

/// The name of the user of this process, or a number in place of an unknown name.
std::string nameOfPerson();

/// The user's home folder; empty if it is not known.
std::string homeFolder();

/// Folders of the user's files; empty if they are not known.
std::string configFolder();
std::string stateFolder();
/// What the operator has to set where these folders are not known: "neither XDG_STATE_HOME nor HOME is set".
std::string_view whyNoStateFolder() noexcept;

/// The folder for temporary files.
std::string temporaryFolder();

/// Makes the folder, which only its owner may use, unless it exists. False: errno says why not.
bool makeOwnFolder(const std::string& path) noexcept;

}  // namespace box::cli

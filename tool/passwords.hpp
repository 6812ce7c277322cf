// Passwords of key files: from the environment variable OUTBOOT_PASSWORD, for builds, or typed at the terminal.
#pragma once

#include <optional>
#include <string>

namespace outboot::tool {

// nullopt if there is neither the variable nor a terminal to ask at.
std::optional<std::string> find_password(const std::string& path);

// For a new key: asks twice. Throws Failure if the two differ, are empty, or if there is nobody to ask.
std::string choose_password(const std::string& path);

} // namespace outboot::tool

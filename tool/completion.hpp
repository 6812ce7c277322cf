// Shell completion: commands, options, and the values of options that have only a few.
#pragma once

#include <string>

#include "tool/command_tree.hpp"

namespace outboot::tool {

std::string bash_completion(const CommandInfo& root);
std::string zsh_completion(const CommandInfo& root);

} // namespace outboot::tool

// The manual page outboot(1), in roff with man(7)'s macros.
#pragma once

#include <string>

#include "tool/command_tree.hpp"

namespace outboot::tool {

std::string man_page(const CommandInfo& root, const std::string& version);

} // namespace outboot::tool

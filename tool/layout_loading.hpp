// A layout named on the command line.
#pragma once

#include <string>

#include "layout/model.hpp"

namespace outboot::tool {

// Prints every error and warning of the layout; throws Failure if there is an error.
layouts::Model load_layout(const std::string& path);

} // namespace outboot::tool

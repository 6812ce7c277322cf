// A layout as a picture for the terminal: one bar per memory, to scale, at most 80 columns wide.
#pragma once

#include <string>

#include "layout/model.hpp"

namespace outboot::layouts {

std::string picture(const Model& model, bool colours);

} // namespace outboot::layouts

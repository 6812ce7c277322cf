// A layout as a picture for the terminal: one bar per memory, to scale, at most 80 columns wide.
#pragma once

#include <string>

#include "layout/drawing.hpp"

namespace outboot::layouts {

std::string picture(const Model& model, const Contents& contents, bool colours);

} // namespace outboot::layouts

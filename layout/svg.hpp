// A layout as a picture: SVG, and a page that holds it together with what an update costs.
#pragma once

#include <string>

#include "layout/drawing.hpp"

namespace outboot::layouts {

// Light or dark as the reader's system is.
std::string svg(const Model& model, const Contents& contents);

// One HTML file that needs no other.
std::string html_page(const Model& model, const Contents& contents);

// For text in SVG and HTML.
std::string escaped(const std::string& text);

} // namespace outboot::layouts

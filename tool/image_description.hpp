// What an image file says, for people and for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "tool/image_file.hpp"

namespace outboot::tool {

nlohmann::ordered_json describe_image(const ImageFile& image, const std::string& path);

// The same as text. What the tree says beyond describe_image() isn't shown.
std::string human_text(const ImageFile& image, const nlohmann::ordered_json& description);

// YAML 1.2 in block style; scalars as in JSON, which YAML contains.
std::string yaml_text(const nlohmann::ordered_json& value);

} // namespace outboot::tool

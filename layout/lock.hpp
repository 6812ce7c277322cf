// The lock beside a layout: the fingerprint devices in the field already carry. A build that would change it must be
// told so, or it makes a bootloader and images that those devices refuse.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "layout/model.hpp"

namespace outboot::layouts {

std::string lock_path(const std::string& layout_path); // <layout>.lock
std::string lock_text(const Model& model);

// The fingerprint a lock file holds; nullopt if the text isn't one.
std::optional<Fingerprint> locked_fingerprint(std::string_view text);

} // namespace outboot::layouts

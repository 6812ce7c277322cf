// Parts described in the layout file instead of named out of the catalogue.
#pragma once

#include <toml++/toml.h>

#include "layout/catalogue.hpp"
#include "layout/diagnostics.hpp"

namespace outboot::layouts {

// nullptr if anything is wrong with it; that is reported.
McuPointer read_mcu_part(const toml::table& toml, Diagnostics& diagnostics);

// [external]: from the catalogue or by hand.
NorPointer read_nor_part(const toml::table& toml, Diagnostics& diagnostics);

} // namespace outboot::layouts

// A first layout file, made of a few answers, to be adapted.
#pragma once

#include <cstdint>
#include <string>

#include "layout/catalogue.hpp"
#include "layout/spec.hpp"

namespace outboot::layouts {

struct Starter {
    std::string name = "product";
    McuPointer mcu;      // of the catalogue
    NorPointer external; // likewise
    core::Plan plan = core::Plan::offset;
    Encryption encryption = Encryption::ecies_p256_aes128;
    std::uint32_t bootloader = 0; // bytes; 0: as small as can be
    std::string files = "rest";   // size of the application's region in the external chip; "none": no such region
};

// The file's text, with comments. It passes `parse` unless the sizes given don't fit the parts.
std::string starting_layout(const Starter& starter);

} // namespace outboot::layouts

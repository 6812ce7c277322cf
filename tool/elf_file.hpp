// What a linked ELF would put into flash: its loaded sections at their load addresses.
#pragma once

#include <string>
#include <vector>

#include "tool/program.hpp"

namespace outboot::tool {

bool looks_like_elf(ByteSpan content);

// Throws Failure if the file isn't a 32-bit little-endian executable.
Program read_elf(const std::string& path);

} // namespace outboot::tool

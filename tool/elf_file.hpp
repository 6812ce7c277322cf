// What a linked ELF would put into flash: its loaded sections at their load addresses.
#pragma once

#include <string>
#include <vector>

#include "tool/program.hpp"

namespace outboot::tool {

bool looks_like_elf(ByteSpan content);

// Throws Failure if the file isn't a 32-bit little-endian executable.
Program read_elf(const std::string& path);

// What has an address in a linked program, loaded or not.
struct LinkedSection {
    std::string name;
    std::uint64_t run_address = 0;
    std::uint64_t load_address = 0; // the run address where nothing is loaded
    std::uint64_t size = 0;         // bytes
    bool loaded = false;            // has content in flash
};

struct LinkedSymbol {
    std::string name; // C++ names as people write them
    std::uint64_t address = 0;
    std::uint64_t size = 0; // bytes
};

struct LinkMap {
    std::vector<LinkedSection> sections; // in the file's order, none empty
    std::vector<LinkedSymbol> symbols;   // functions and objects that have a size; none in a stripped file
};

// Throws Failure as read_elf does.
LinkMap read_link_map(const std::string& path);

} // namespace outboot::tool

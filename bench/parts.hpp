// The bootloader's parts as the budget table lists them, by source file.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "bench/firmware.hpp"

namespace outboot::bench {

struct Part {
    std::string_view group;
    std::string_view name;
    std::string_view paths; // what a source file's path contains, several separated by blanks; the longest match wins
};

std::span<const Part> parts();

// Index into parts(); the last one takes what fits nowhere: alignment, veneers, constants the compiler made.
std::size_t part_of(const Firmware& firmware, std::uint32_t address);

} // namespace outboot::bench

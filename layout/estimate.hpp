// What updates cost by the catalogue's typical times and cycles: flash work alone, without cryptography and bus
// (bench/update measures those on the virtual board).
#pragma once

#include <cstdint>
#include <string>

#include "layout/model.hpp"

namespace outboot::layouts {

struct WorkTime {
    std::uint64_t code_flash_us = 0;
    std::uint64_t external_us = 0;

    [[nodiscard]] double seconds() const { return static_cast<double>(code_flash_us + external_us) / 1e6; }
};

struct Wear {
    std::uint32_t erases = 0;  // of the block that is erased most, by one update that is taken back again
    std::uint32_t cycles = 0;  // that a block is specified for; 0: unknown
    std::uint32_t address = 0; // of that block

    // Updates until that block is worn out; 0: unknown.
    [[nodiscard]] std::uint32_t updates() const { return erases == 0 ? 0 : cycles / erases; }
};

struct Estimate {
    bool times_known = false; // the parts say how long they take
    WorkTime staging;         // by the application, in the smallest erase blocks
    WorkTime moving;
    WorkTime taking_back; // zero under plan overwrite
    Wear code_flash;
    Wear external;
    Wear journal;
};

// The memory whose block is worn out first, as `check` names it; empty if no part says how often it may be erased.
std::string first_worn(const Estimate& estimate);

// For an image of the largest size that replaces another one.
Estimate estimate(const Model& model);

} // namespace outboot::layouts

// Small products to explore: blocks and counts are shrunk, rules are not.
#pragma once

#include <string>
#include <vector>

#include "explore/outcome.hpp"
#include "explore/product.hpp"

namespace outboot::explore {

struct Geometry {
    std::string name;
    std::string about;
    Layout layout;
    std::vector<ImageSpec> images; // the first one is in the primary at the start
    std::uint32_t updates = 1;     // stagings by the application; 0: without limit
    bool permanent = false;        // requests of both kinds, else tests only
    // Journal: every unit's tearing is explored; else its writes are taken as one step each, which is what the
    // exploration of the journal alone shows them to be.
    bool whole_journal = false;
    bool journal_damaged = false; // at the start: every unit of the data flash holds something that nobody wrote
    Size size = Size::quick;
};

std::vector<Geometry> all_geometries();

// For each image the ones that may follow it once it is confirmed, by number, as bits.
std::vector<std::uint8_t> may_follow(const std::vector<ImageSpec>& images);

} // namespace outboot::explore

// File system, parameters, journal and updates in one device, through power cuts at any flash operation of anyone.
//
// OUTBOOT_FULL=1 goes through 1,000 updates instead of 50; OUTBOOT_SEED=n begins with another seed.
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/scenario/side_by_side.hpp"

namespace outboot::scenario {
namespace {

bool full() {
    const char* const value = std::getenv("OUTBOOT_FULL");
    return value != nullptr && std::string_view(value) == "1";
}

std::uint64_t seed() {
    const char* const chosen = std::getenv("OUTBOOT_SEED");
    return chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 1;
}

unsigned cuts_at(const SideBySide::Tally& tally, Place place) {
    return tally.cuts[static_cast<std::size_t>(place)];
}

TEST(SideBySide, updates_and_power_cuts_leave_files_and_parameters_whole) {
    const unsigned updates = full() ? 1'000 : 50;
    SideBySide device(seed());
    for (unsigned i = 0; i < updates; ++i) {
        const std::string fault = device.update();
        ASSERT_EQ(fault, "") << "OUTBOOT_SEED=" << seed() << ", update " << i;
    }
    const SideBySide::Tally& tally = device.tally();
    std::cout << fmt::format("[ updates  ] {} installed, {} reverted, {} given up; {} boots\n", tally.installed,
                             tally.reverted, tally.given_up, tally.boots);
    std::cout << fmt::format("[ cuts     ] files {}, parameters {}, journal {}, slot {}, code {}\n",
                             cuts_at(tally, Place::files), cuts_at(tally, Place::parameters),
                             cuts_at(tally, Place::journal), cuts_at(tally, Place::slot), cuts_at(tally, Place::code));
    for (const unsigned cuts : tally.cuts) EXPECT_GE(cuts, updates / 10); // nothing is left out
    EXPECT_GE(tally.installed, updates / 3);
}

} // namespace
} // namespace outboot::scenario

// The example's parameters in a data flash whose units, once cut, read as they please at every boot: whatever is cut,
// the store has the values from before a change or from after it, and never goes back.
#include "examples/ra6m4/app/parameter_store.hpp"

#include <cstdlib>
#include <set>
#include <string_view>

#include <gtest/gtest.h>

#include "board/data_flash.hpp"
#include "board/random.hpp"

namespace example {
namespace {

constexpr outboot::OwnRegion own{.offset = 0x100, .size = 0x200, .erase_block = 64, .program_unit = 4};

// Power fails at its operation number `cut_at`, which is torn or not begun; nothing works after that.
class Supply {
  public:
    explicit Supply(std::uint64_t seed) : flash(0x2000, 64, seed), random(seed) {}

    outboot::FlashAccess access() {
        return {.context = this,
                .read =
                    [](void* c, std::uint32_t at, std::uint8_t* bytes, std::uint32_t count) {
                        static_cast<Supply*>(c)->flash.read(at, {bytes, count});
                        return true;
                    },
                .erase = [](void* c, std::uint32_t at,
                            std::uint32_t count) { return static_cast<Supply*>(c)->erase(at, count); },
                .program =
                    [](void* c, std::uint32_t at, const std::uint8_t* bytes, std::uint32_t count) {
                        return static_cast<Supply*>(c)->program({bytes, count}, at);
                    }};
    }

    void power_on() {
        flash.new_boot();
        gone = false;
        left = random.below(3) == 0 ? UINT64_MAX : random.below(14);
    }

    outboot::board::DataFlash flash;
    outboot::board::Random random;
    bool gone = false;
    std::uint64_t left = UINT64_MAX; // operations

  private:
    // Whether it happens; if not, whether it is torn.
    bool happens(bool& torn) {
        torn = false;
        if (gone) return false;
        if (left-- != 0) return true;
        gone = true;
        torn = random.below(3) != 0;
        return false;
    }

    bool erase(std::uint32_t at, std::uint32_t count) {
        EXPECT_EQ(count, 64U);
        bool torn;
        const bool done = happens(torn);
        if (done) flash.erase(at);
        if (torn) flash.erase_torn(at);
        return done;
    }

    bool program(std::span<const std::uint8_t> bytes, std::uint32_t at) {
        for (std::size_t i = 0; i < bytes.size(); i += 4) {
            const auto unit = static_cast<std::uint32_t>(at + i);
            bool torn;
            const bool done = happens(torn);
            EXPECT_TRUE(!(done || torn) || flash.program_refusal(unit, 4).empty());
            if (done) flash.program(unit, bytes.subspan(i, 4));
            if (torn) flash.program_torn(unit, bytes.subspan(i, 4));
            if (!done) return false;
        }
        return true;
    }
};

TEST(ParameterStore, blank_or_foreign_flash_gives_defaults_and_is_left_alone) {
    Supply supply(1);
    ParameterStore store(outboot::FlashRegion(supply.access(), own));
    supply.left = 0; // the first operation would fail
    EXPECT_TRUE(store.load());
    EXPECT_EQ(store.values(), Parameters{});
    EXPECT_EQ(store.generation(), 0U);
}

TEST(ParameterStore, uses_the_last_blocks_of_its_region_and_no_other) {
    Supply supply(1);
    ParameterStore store(outboot::FlashRegion(supply.access(), own));
    for (std::uint32_t i = 1; i <= 10; ++i) EXPECT_TRUE(store.write({.brightness = i}));
    for (std::uint32_t block = 0; block < 128; ++block)
        EXPECT_EQ(supply.flash.erase_counts()[block] != 0, block >= 9 && block < 12) << block; // 0x240 to 0x2ff
}

TEST(ParameterStore, power_cuts_leave_the_old_values_or_the_new_ones_and_shown_ones_stay) {
    const char* const full = std::getenv("OUTBOOT_FULL");
    const std::uint64_t histories = full != nullptr && std::string_view(full) == "1" ? 100'000 : 2'000;
    std::uint64_t cuts = 0;
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        Supply supply(seed);
        std::set<std::uint32_t> allowed{Parameters{}.brightness};
        for (std::uint32_t boot = 1; boot <= 60; ++boot) {
            supply.power_on();
            ParameterStore store(outboot::FlashRegion(supply.access(), own));
            if (store.load()) {
                ASSERT_TRUE(allowed.contains(store.values().brightness))
                    << "seed " << seed << ", boot " << boot << ": " << store.values().brightness << " instead of "
                    << *allowed.begin();
                allowed = {store.values().brightness};
                allowed.insert(1000 + boot);
                if (store.write({.brightness = 1000 + boot})) allowed = {1000 + boot};
            }
            cuts += supply.gone;
        }
    }
    EXPECT_GT(cuts, 10'000U);
}

} // namespace
} // namespace example

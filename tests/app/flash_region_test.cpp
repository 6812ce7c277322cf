// What a region's user says of offsets reaches the region and nothing else.
#include "app/flash_region.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace outboot {
namespace {

class FlashRegionTest : public testing::Test {
  protected:
    struct Chip {
        std::vector<std::pair<std::uint32_t, std::uint32_t>> touched; // offset, bytes
        bool works = true;
        bool free = true;
        int locked = 0;
    };

    static bool touch(void* context, std::uint32_t at, std::uint32_t count) {
        auto& chip = *static_cast<Chip*>(context);
        EXPECT_EQ(chip.locked, 1);
        chip.touched.emplace_back(at, count);
        return chip.works;
    }

    static FlashAccess access(Chip& chip) {
        return {
            .context = &chip,
            .read = [](void* c, std::uint32_t at, std::uint8_t*, std::uint32_t count) { return touch(c, at, count); },
            .erase = touch,
            .program = [](void* c, std::uint32_t at, const std::uint8_t*,
                          std::uint32_t count) { return touch(c, at, count); },
            .lock =
                [](void* c) {
                    auto& locked = *static_cast<Chip*>(c);
                    if (locked.free) ++locked.locked;
                    return locked.free;
                },
            .unlock = [](void* c) { --static_cast<Chip*>(c)->locked; }};
    }

    void TearDown() override { EXPECT_EQ(chip.locked, 0); }

    using Touched = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

    Chip chip;
    FlashRegion region{access(chip), {.offset = 0x8000, .size = 0x4000, .erase_block = 0x1000, .program_unit = 4}};
    std::uint8_t byte[8]{};
};

TEST_F(FlashRegionTest, offsets_count_from_its_start) {
    EXPECT_EQ(region.read(0, byte, 1), RegionResult::ok);
    EXPECT_EQ(region.program(4, byte, 8), RegionResult::ok);
    EXPECT_EQ(region.erase(0x3000, 0x1000), RegionResult::ok);
    EXPECT_EQ(chip.touched, (Touched{{0x8000, 1}, {0x8004, 8}, {0xb000, 0x1000}}));
}

TEST_F(FlashRegionTest, nothing_outside_is_touched) {
    EXPECT_EQ(region.read(0x3fff, byte, 1), RegionResult::ok);
    EXPECT_EQ(region.read(0x3fff, byte, 2), RegionResult::outside);
    EXPECT_EQ(region.read(0x4000, byte, 0), RegionResult::ok);
    EXPECT_EQ(region.read(0x4001, byte, 0), RegionResult::outside);
    EXPECT_EQ(region.program(0x3ffc, byte, 8), RegionResult::outside);
    EXPECT_EQ(region.erase(0x3000, 0x2000), RegionResult::outside);
    EXPECT_EQ(region.erase(0xfffff000, 0x2000), RegionResult::outside); // their sum wraps to 0x1000
    EXPECT_EQ(region.erase(0x1000, 0xfffff000), RegionResult::outside);
    EXPECT_EQ(chip.touched, (Touched{{0xbfff, 1}, {0xc000, 0}}));
}

TEST_F(FlashRegionTest, only_whole_blocks_and_units) {
    EXPECT_EQ(region.erase(0x800, 0x1000), RegionResult::misaligned);
    EXPECT_EQ(region.erase(0x1000, 0x800), RegionResult::misaligned);
    EXPECT_EQ(region.program(2, byte, 4), RegionResult::misaligned);
    EXPECT_EQ(region.program(4, byte, 2), RegionResult::misaligned);
    EXPECT_TRUE(chip.touched.empty());
}

TEST_F(FlashRegionTest, device_in_use_is_busy_and_one_that_fails_has_failed) {
    chip.free = false;
    EXPECT_EQ(region.read(0, byte, 1), RegionResult::busy);
    EXPECT_TRUE(chip.touched.empty());
    chip.free = true;
    chip.works = false;
    EXPECT_EQ(region.read(0, byte, 1), RegionResult::failed);
    EXPECT_EQ(region.program(0, byte, 4), RegionResult::failed);
    EXPECT_EQ(region.erase(0, 0x1000), RegionResult::failed);
}

TEST_F(FlashRegionTest, three_functions_are_enough) {
    FlashAccess bare = access(chip);
    bare.lock = nullptr;
    bare.unlock = nullptr;
    bare.read = [](void*, std::uint32_t, std::uint8_t*, std::uint32_t) { return true; };
    EXPECT_EQ(FlashRegion(bare, {.offset = 0, .size = 16, .erase_block = 16, .program_unit = 1}).read(0, byte, 8),
              RegionResult::ok);
}

} // namespace
} // namespace outboot

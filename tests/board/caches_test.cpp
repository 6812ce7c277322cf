// The caches: what they show after the flash behind them has changed (R01UH0890).
#include "board/caches.hpp"
#include "tests/board/world_test.hpp"

namespace outboot::board {
namespace {

TEST_F(WorldTest, a_flash_cache_is_stale_until_it_is_invalidated) {
    FlashCache cache(world);
    cache.flash_changed();
    EXPECT_FALSE(cache.reads_stale()) << "it is off";
    cache.write(0x100, 2, 1);
    EXPECT_TRUE(cache.reads_stale());
    cache.write(0x104, 2, 1);
    EXPECT_EQ(cache.read(0x104, 2), 0u);
    EXPECT_FALSE(cache.reads_stale());
    cache.write(0x11c, 1, 3);
    EXPECT_EQ(cache.wait_states(), 3u);
    expect_no_violation();
}

TEST_F(WorldTest, the_code_bus_cache_is_flushed_before_it_is_used_again) {
    BusCaches caches(world);
    caches.write(0, 4, 1);
    expect_no_violation();
    caches.write(0, 4, 0);
    caches.code_flash_changed();
    caches.write(0, 4, 1);
    expect_violation("flush");
    caches.write(4, 4, 1);
    caches.write(0, 4, 1);
    expect_no_violation();
    caches.write(0x40, 4, 1);
    caches.external_changed();
    EXPECT_TRUE(caches.external_reads_stale());
    caches.write(0x44, 4, 1);
    EXPECT_FALSE(caches.external_reads_stale());
}

} // namespace
} // namespace outboot::board

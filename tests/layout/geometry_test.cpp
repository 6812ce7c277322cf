#include "layout/geometry.hpp"

#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace outboot::layouts {
namespace {

constexpr std::uint32_t kib = 1024;
const Geometry ra6m4(0, {{8, 8 * kib}, {30, 32 * kib}});

} // namespace

TEST(Geometry, boundaries_change_with_the_block_size) {
    EXPECT_TRUE(ra6m4.on_boundary(8 * kib));
    EXPECT_TRUE(ra6m4.on_boundary(56 * kib));
    EXPECT_TRUE(ra6m4.on_boundary(64 * kib));
    EXPECT_FALSE(ra6m4.on_boundary(72 * kib)); // inside the first 32 KB block
    EXPECT_TRUE(ra6m4.on_boundary(96 * kib));
    EXPECT_TRUE(ra6m4.on_boundary(1024 * kib));
    EXPECT_EQ(ra6m4.floor(72 * kib), 64 * kib);
    EXPECT_EQ(ra6m4.ceil(72 * kib), 96 * kib);
    EXPECT_EQ(ra6m4.ceil(1), 8 * kib);
}

TEST(Geometry, blocks_of_a_range_are_counted_per_size) {
    const auto blocks = ra6m4.blocks(16 * kib, 1024 * kib);
    ASSERT_EQ(blocks.size(), 2u);
    EXPECT_EQ(blocks[0].count, 6u);
    EXPECT_EQ(blocks[0].size, 8 * kib);
    EXPECT_EQ(blocks[1].count, 30u);
}

TEST(ChunkTable, the_example_slot_has_one_short_chunk_at_its_bottom) {
    const auto chunks = chunk_table(ra6m4.blocks(16 * kib, 1024 * kib), 32 * kib);
    ASSERT_EQ(chunks.size(), 32u);
    EXPECT_EQ(chunks[0].offset, 0u);
    EXPECT_EQ(chunks[0].size, 16 * kib);
    EXPECT_EQ(chunks[1].offset, 16 * kib);
    for (std::size_t i = 1; i < chunks.size(); ++i) EXPECT_EQ(chunks[i].size, 32 * kib) << i;
}

TEST(ChunkTable, a_block_that_would_lie_in_two_chunks_makes_none) {
    EXPECT_TRUE(chunk_table({{1, 32 * kib}, {1, 8 * kib}}, 32 * kib).empty());
    EXPECT_EQ(chunk_table({{1, 8 * kib}, {1, 32 * kib}}, 32 * kib).size(), 2u);
}

TEST(ChunkTable, chunks_tile_any_slot_and_only_the_lowest_is_shorter) {
    std::mt19937 engine(1);
    const auto random = [&](std::uint32_t below) { return static_cast<std::uint32_t>(engine() % below); };
    int grouped = 0;
    for (int round = 0; round < 300; ++round) {
        std::vector<core::BlockRun> blocks;
        std::uint32_t total = 0;
        std::uint32_t largest = 32 * kib;
        for (std::uint32_t runs = 1 + random(4); runs > 0; --runs) {
            blocks.push_back({1 + random(12), 1024u << random(7)});
            total += blocks.back().count * blocks.back().size;
            largest = std::max(largest, blocks.back().size);
        }
        const auto chunks = chunk_table(blocks, 32 * kib);
        if (chunks.empty()) continue;
        ++grouped;
        std::uint32_t at = 0;
        for (const auto& chunk : chunks) {
            EXPECT_EQ(chunk.offset, at);
            if (at > 0) {
                EXPECT_EQ(chunk.size, largest);
            }
            at += chunk.size;
        }
        EXPECT_EQ(at, total);
    }
    EXPECT_GT(grouped, 50);
}

} // namespace outboot::layouts

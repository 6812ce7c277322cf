// Plans: which bytes go where, in which order. Pure functions from a move number to a move; no I/O, no state.
//
// Primary chunk: `chunk_bytes` of the slot, counted from its top, with the counterpart range outside; only the lowest
// may be shorter. Moves go the same way, in every plan:
//
//     primary slot          | chunk 3 |  chunk 2  |  chunk 1  |  chunk 0  |        <--- moves
//
// What makes a move repeatable (tests/core/plan_test.cpp proves it for random block runs and sizes): source and target
// never overlap, and neither a move nor its repetition overwrites anything that a later move still reads.
#pragma once

#include <algorithm>

#include "core/layout.hpp"

namespace outboot::core {

struct Chunk {
    std::uint32_t offset = 0; // from the slot's base
    std::uint32_t size = 0;
};

// The chunk size a layout needs: whole erase blocks inside, and the erase block that is used outside.
constexpr std::uint32_t chunk_limit(const Layout& layout) {
    std::uint32_t limit = layout.external_chunk_block;
    for (const auto& run : layout.primary_blocks) limit = std::max(limit, run.count != 0 ? run.size : 0);
    return limit;
}

// Does each chunk consist of whole erase blocks? A layout for which this is false can't be moved.
constexpr bool chunks_fit(const Layout& layout) {
    std::uint32_t from_top = 0;
    for (std::size_t r = layout.primary_blocks.size(); r-- > 0;) {
        const BlockRun run = layout.primary_blocks[r];
        for (std::uint32_t block = 0; block < run.count; ++block, from_top += run.size) {
            const std::uint32_t last = from_top + run.size - 1;
            if (from_top / layout.chunk_bytes != last / layout.chunk_bytes) return false;
        }
    }
    return from_top == layout.primary.size;
}

// Chunks that begin below `end`, bytes from the slot's base.
constexpr std::uint32_t chunks_below(const Layout& layout, std::uint32_t end) {
    if (end == 0) return 0;
    const std::uint32_t all = (layout.primary.size + layout.chunk_bytes - 1) / layout.chunk_bytes;
    return all - (layout.primary.size - end) / layout.chunk_bytes;
}

// The n-th of them, from the top, n < chunks_below.
constexpr Chunk chunk_from_top(const Layout& layout, std::uint32_t end, std::uint32_t n) {
    const std::uint32_t above = ((layout.primary.size - end) / layout.chunk_bytes + n) * layout.chunk_bytes;
    const std::uint32_t top = layout.primary.size - above;
    const std::uint32_t size = std::min(top, layout.chunk_bytes);
    return {top - size, size};
}

enum class Area : std::uint8_t { primary, external };

// Which of the two images a move carries. It chooses lengths and keys, so it comes from the plan and never from
// outside.
enum class Carries : std::uint8_t { incoming, outgoing };

struct Move {
    Area from = Area::primary;
    Area to = Area::primary;
    Carries carries = Carries::incoming;
    std::uint32_t image_offset = 0; // of the first byte moved, in its image
    std::uint32_t source = 0;       // primary: from the slot's base; external: from the chip's start
    std::uint32_t target = 0;       // likewise
    std::uint32_t length = 0;       // bytes moved; 0 is legal
    std::uint32_t erase_length = 0; // bytes erased from `target` on, whole erase blocks
};

// What a plan needs to know beside the layout. Lengths in bytes, header and TLVs included.
struct PlanInput {
    Plan plan = Plan::offset; // the layout's own, or overwrite, or restore
    std::uint32_t incoming_bytes = 0;
    std::uint32_t outgoing_bytes = 0;
    std::uint32_t restore_chunks = 0; // plan restore: so many chunks from the top
};

// Written so that a bootloader pays for the plan of its own layout only.
constexpr std::uint32_t moves_per_chunk(const Layout& layout, Plan plan) {
    if (layout.plan == Plan::overwrite || plan != layout.plan) return 1;
    return layout.plan == Plan::scratch ? 3 : 2;
}

// Where a backup stands outside: behind the hole, since `offset` shifts the images by it; else where it was staged.
constexpr std::uint32_t backup_base(const Layout& layout) {
    return layout.secondary.base + (layout.plan == Plan::offset ? layout.hole.size : 0);
}

// Chunks above this offset take no part. Under overwrite all do: whatever stood behind the new image is erased.
constexpr std::uint32_t plan_end(const Layout& layout, const PlanInput& in) {
    return in.plan == Plan::overwrite ? layout.primary.size : std::max(in.incoming_bytes, in.outgoing_bytes);
}

constexpr std::uint32_t move_count(const Layout& layout, const PlanInput& in) {
    const std::uint32_t chunks = chunks_below(layout, plan_end(layout, in));
    if (in.plan == Plan::restore) return std::min(in.restore_chunks, chunks); // a number out of the journal
    return chunks * moves_per_chunk(layout, in.plan);
}

// The first move that changes the primary slot. Up to it an update can be abandoned.
constexpr std::uint32_t first_primary_move(const Layout& layout, Plan plan) {
    return moves_per_chunk(layout, plan) - 1;
}

// Chunks whose primary contents may have been touched when move n is not done yet: the last move of each chunk does.
constexpr std::uint32_t chunks_touched(const Layout& layout, Plan plan, std::uint32_t n) {
    return (n + 1) / moves_per_chunk(layout, plan);
}

// Move n of a plan, 0 <= n < move_count. The last step of each chunk fills the primary; what comes before it takes the
// old content out and, under scratch, the staged content aside.
constexpr Move move_at(const Layout& layout, const PlanInput& in, std::uint32_t n) {
    const std::uint32_t per_chunk = moves_per_chunk(layout, in.plan);
    const std::uint32_t to_come = per_chunk - 1 - n % per_chunk; // steps of this chunk after this one
    const Chunk chunk = chunk_from_top(layout, plan_end(layout, in), n / per_chunk);
    const bool restore = in.plan == Plan::restore;
    const bool fills_primary = to_come == 0;
    const bool takes_out = layout.plan == Plan::scratch ? to_come == 1 : !fills_primary;
    const bool outgoing = restore || takes_out;
    const std::uint32_t staged = layout.secondary.base + chunk.offset;
    const std::uint32_t backup = backup_base(layout) + chunk.offset;

    const std::uint32_t image_bytes = outgoing ? in.outgoing_bytes : in.incoming_bytes;
    const std::uint32_t length = image_bytes > chunk.offset ? std::min(chunk.size, image_bytes - chunk.offset) : 0;

    std::uint32_t source = staged;
    std::uint32_t target = layout.hole.base; // scratch: the staged content aside
    if (fills_primary) {
        if (layout.plan == Plan::scratch && per_chunk == 3) source = layout.hole.base;
        if (restore) source = backup;
        target = chunk.offset;
    } else if (takes_out) {
        source = chunk.offset;
        target = backup;
    }

    const std::uint32_t block = layout.external_erase_block;
    return {.from = takes_out ? Area::primary : Area::external,
            .to = fills_primary ? Area::primary : Area::external,
            .carries = outgoing ? Carries::outgoing : Carries::incoming,
            .image_offset = chunk.offset,
            .source = source,
            .target = target,
            .length = length,
            // Inside the whole chunk, so that nothing unsigned is left behind an image; outside only what is written.
            .erase_length = fills_primary ? chunk.size : (length + block - 1) / block * block};
}

} // namespace outboot::core

// Plans: which bytes go where, in which order. Pure functions from a move number to a move; no I/O, no state.
//
// Primary chunk: a run of whole internal erase blocks with its counterpart range outside. Chunks are counted from the
// top of the slot downwards, and so are the moves, in every plan:
//
//     primary slot          | ... | chunk 2 | chunk 1 | chunk 0 |        moves go this way <---
//
// What makes a move repeatable (tests/core/plan_test.cpp proves it for random block runs and sizes): source and target
// never overlap, and neither a move nor its repetition overwrites anything that a later move still reads.
#pragma once

#include <algorithm>

#include "core/layout.hpp"

namespace outboot::core {

struct Chunk {
    std::uint32_t offset = 0; // from the slot's base
    std::uint32_t size = 0;   // 0: there is no such chunk
};

// Largest chunk: two chunks must never share an external erase, and the hole must hold one.
constexpr std::uint32_t chunk_limit(const Layout& layout) {
    std::uint32_t limit = layout.external_chunk_block;
    for (const auto& run : layout.primary_blocks) limit = std::max(limit, run.count != 0 ? run.size : 0);
    return limit;
}

// The n-th chunk from the top among those that begin below `end` (bytes from the slot's base).
constexpr Chunk chunk_from_top(const Layout& layout, std::uint32_t end, std::uint32_t n) {
    const std::uint32_t limit = chunk_limit(layout);
    Chunk chunk{layout.primary.size, 0};
    for (std::size_t r = layout.primary_blocks.size(); r-- > 0;) {
        const BlockRun run = layout.primary_blocks[r];
        for (std::uint32_t block = 0; block < run.count; ++block) {
            if (chunk.size + run.size > limit) { // full: the block belongs to the next chunk
                if (chunk.offset < end && n-- == 0) return chunk;
                chunk.size = 0;
            }
            chunk.offset -= run.size;
            chunk.size += run.size;
        }
    }
    return chunk.offset < end && n == 0 ? chunk : Chunk{};
}

constexpr std::uint32_t chunks_below(const Layout& layout, std::uint32_t end) {
    std::uint32_t n = 0;
    while (chunk_from_top(layout, end, n).size != 0) ++n;
    return n;
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
    Plan plan = Plan::offset;
    std::uint32_t incoming_bytes = 0;
    std::uint32_t outgoing_bytes = 0;
    std::uint32_t restore_chunks = 0; // plan restore: so many chunks from the top
    Plan made_by = Plan::offset;      // plan restore: which plan made the backup
};

constexpr std::uint32_t moves_per_chunk(Plan plan) {
    switch (plan) {
    case Plan::offset:
        return 2;
    case Plan::scratch:
        return 3;
    default:
        return 1;
    }
}

// Where a backup stands outside: behind the hole, since `offset` shifts the images by it; else where it was staged.
constexpr std::uint32_t backup_base(const Layout& layout, Plan made_by) {
    return layout.secondary.base + (made_by == Plan::offset ? layout.hole.size : 0);
}

// Chunks above this offset take no part. Under overwrite all do: whatever stood behind the new image is erased.
constexpr std::uint32_t plan_end(const Layout& layout, const PlanInput& in) {
    return in.plan == Plan::overwrite ? layout.primary.size : std::max(in.incoming_bytes, in.outgoing_bytes);
}

constexpr std::uint32_t move_count(const Layout& layout, const PlanInput& in) {
    if (in.plan == Plan::restore) return in.restore_chunks;
    return chunks_below(layout, plan_end(layout, in)) * moves_per_chunk(in.plan);
}

// The first move that changes the primary slot. Up to it an update can be abandoned.
constexpr std::uint32_t first_primary_move(Plan plan) {
    return moves_per_chunk(plan) - 1;
}

// Chunks whose primary contents may have been touched when move n is not done yet.
constexpr std::uint32_t chunks_touched(Plan plan, std::uint32_t n) {
    const std::uint32_t per_chunk = moves_per_chunk(plan);
    return n / per_chunk + (n % per_chunk == per_chunk - 1 ? 1 : 0);
}

// Move n of a plan, 0 <= n < move_count. The last step of each chunk fills the primary; what comes before it takes the
// old content out and, under scratch, the staged content aside.
constexpr Move move_at(const Layout& layout, const PlanInput& in, std::uint32_t n) {
    const std::uint32_t per_chunk = moves_per_chunk(in.plan);
    const std::uint32_t step = n % per_chunk;
    const Chunk chunk = chunk_from_top(layout, plan_end(layout, in), n / per_chunk);
    const bool restore = in.plan == Plan::restore;
    const bool scratch = in.plan == Plan::scratch;
    const bool fills_primary = step + 1 == per_chunk;
    const bool aside = scratch && step == 0;
    const bool outgoing = restore || !(fills_primary || aside);
    const std::uint32_t staged = layout.secondary.base + chunk.offset;
    const std::uint32_t backup = backup_base(layout, restore ? in.made_by : in.plan) + chunk.offset;

    Move move{.from = outgoing && !restore ? Area::primary : Area::external,
              .to = fills_primary ? Area::primary : Area::external,
              .carries = outgoing ? Carries::outgoing : Carries::incoming,
              .image_offset = chunk.offset};
    const std::uint32_t image_bytes = outgoing ? in.outgoing_bytes : in.incoming_bytes;
    if (image_bytes > chunk.offset) move.length = std::min(chunk.size, image_bytes - chunk.offset);

    if (restore) {
        move.source = backup;
    } else if (outgoing) {
        move.source = chunk.offset;
    } else {
        move.source = scratch && fills_primary ? layout.hole.base : staged;
    }
    if (fills_primary) { // inside the whole chunk is erased, so that nothing unsigned is left behind an image
        move.target = chunk.offset;
        move.erase_length = chunk.size;
    } else { // outside only the erase blocks that are written
        const std::uint32_t block = layout.external_erase_block;
        move.target = aside ? layout.hole.base : backup;
        move.erase_length = (move.length + block - 1) / block * block;
    }
    return move;
}

} // namespace outboot::core

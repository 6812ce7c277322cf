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

namespace plan_detail {

constexpr std::uint32_t part_of(const Chunk& chunk, std::uint32_t image_bytes) {
    return image_bytes <= chunk.offset ? 0 : std::min(chunk.size, image_bytes - chunk.offset);
}

// Outside only the erase blocks that are written are erased, not the whole chunk.
constexpr Move outside(const Layout& layout, Move move) {
    const std::uint32_t block = layout.external_erase_block;
    move.to = Area::external;
    move.erase_length = (move.length + block - 1) / block * block;
    return move;
}

// Inside the whole chunk is erased, so that nothing unsigned is left behind an image.
constexpr Move inside(const Chunk& chunk, Move move) {
    move.from = Area::external;
    move.to = Area::primary;
    move.target = chunk.offset;
    move.erase_length = chunk.size;
    return move;
}

} // namespace plan_detail

// Move n of a plan, 0 <= n < move_count.
constexpr Move move_at(const Layout& layout, const PlanInput& in, std::uint32_t n) {
    using namespace plan_detail;
    const std::uint32_t per_chunk = moves_per_chunk(in.plan);
    const Chunk chunk = chunk_from_top(layout, plan_end(layout, in), n / per_chunk);
    const std::uint32_t step = n % per_chunk;
    const std::uint32_t staged = layout.secondary.base + chunk.offset;

    const Move incoming{.carries = Carries::incoming,
                        .image_offset = chunk.offset,
                        .source = staged,
                        .length = part_of(chunk, in.incoming_bytes)};
    const Move outgoing{.carries = Carries::outgoing,
                        .image_offset = chunk.offset,
                        .source = chunk.offset,
                        .length = part_of(chunk, in.outgoing_bytes)};

    if (in.plan == Plan::restore) {
        Move back = outgoing;
        back.source = backup_base(layout, in.made_by) + chunk.offset;
        return inside(chunk, back);
    }
    if (step + 1 == per_chunk) { // the last step of a chunk always fills the primary
        Move in_move = incoming;
        if (in.plan == Plan::scratch) in_move.source = layout.hole.base;
        return inside(chunk, in_move);
    }
    if (in.plan == Plan::scratch && step == 0) {
        Move aside = incoming;
        aside.from = Area::external;
        aside.target = layout.hole.base;
        return outside(layout, aside);
    }
    Move out_move = outgoing;
    out_move.target = backup_base(layout, in.plan) + chunk.offset;
    return outside(layout, out_move);
}

} // namespace outboot::core

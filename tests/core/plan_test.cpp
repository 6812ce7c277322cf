// Plans, over random block runs, images and interruptions. Memory is modelled by tags: a cell knows which byte of which
// image it holds, so a byte that went to the wrong place, or was overwritten too early, is seen whatever its value.
#include "core/plan.hpp"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace outboot::core {
namespace {

using Cell = std::uint32_t;
constexpr Cell erased = 0;
constexpr Cell junk = ~0U;           // what an interrupted operation left
constexpr Cell foreign = 0x58000000; // what stood there before
constexpr Cell old_image = 0x41000000;
constexpr Cell new_image = 0x42000000;

class Dice {
  public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t between(std::uint32_t low, std::uint32_t high) {
        return std::uniform_int_distribution<std::uint32_t>(low, high)(engine_);
    }
    bool one_in(std::uint32_t n) { return between(1, n) == 1; }

  private:
    std::mt19937 engine_;
};

// One random product with two images in it.
struct Case {
    Layout layout;
    PlanInput plan;
};

// What `layout check` insists on: chunks meet on erase blocks of the external chip.
bool chunks_are_aligned(const Layout& layout) {
    if (!chunks_fit(layout)) return false;
    for (std::uint32_t n = 0; n < chunks_below(layout, layout.primary.size); ++n) {
        if (chunk_from_top(layout, layout.primary.size, n).offset % layout.external_erase_block != 0) return false;
    }
    return true;
}

Layout random_layout(Dice& dice, Plan plan) {
    Layout layout;
    layout.plan = plan;
    const std::uint32_t e = layout.external_erase_block = 4U << dice.between(0, 2);
    layout.chunk_bytes = e * dice.between(1, 12);
    layout.external_chunk_block = e;
    const std::uint32_t runs = dice.between(1, 4);
    for (std::uint32_t r = 0; r < runs; ++r) {
        const std::uint32_t parts = dice.between(1, 6); // of a chunk; also smaller than the external erase block
        layout.primary_blocks[r] = {dice.between(1, 7), layout.chunk_bytes / parts};
        layout.primary.size += layout.primary_blocks[r].count * layout.primary_blocks[r].size;
    }
    layout.primary.base = 16;
    layout.hole.size = layout.chunk_bytes + e * dice.between(0, 3);
    const std::uint32_t slot_blocks = (layout.primary.size + e - 1) / e;
    layout.secondary.size = dice.one_in(3) ? e * dice.between(1, slot_blocks) : e * slot_blocks;
    if (plan == Plan::scratch && dice.one_in(2)) {
        layout.hole.base = e;
        layout.secondary.base = e + layout.hole.size + e * dice.between(0, 2);
    } else {
        layout.secondary.base = e * dice.between(0, 3);
        layout.hole.base = layout.secondary.base + layout.secondary.size;
        if (plan == Plan::scratch) layout.hole.base += e * dice.between(0, 2);
    }
    layout.external_size = std::max(layout.hole.base + layout.hole.size, layout.secondary.base + layout.secondary.size);
    return layout;
}

// Image lengths like to be on block edges and beside them.
std::uint32_t random_length(Dice& dice, std::uint32_t limit, std::uint32_t edge) {
    if (dice.one_in(4)) return limit;
    const std::uint32_t length = dice.between(1, limit);
    if (!dice.one_in(2)) return length;
    return std::clamp(length / edge * edge + dice.between(0, 2), 2U, limit + 1) - 1;
}

Case random_case(Dice& dice, Plan plan) {
    for (;;) {
        const Layout layout = random_layout(dice, plan);
        if (!chunks_fit(layout) || !chunks_are_aligned(layout)) continue;
        const std::uint32_t limit = std::min(layout.primary.size, layout.secondary.size);
        const std::uint32_t edge = layout.external_erase_block;
        return {layout,
                {.plan = plan,
                 .incoming_bytes = random_length(dice, limit, edge),
                 .outgoing_bytes = plan == Plan::overwrite ? 0 : random_length(dice, limit, edge)}};
    }
}

class Memory {
  public:
    explicit Memory(const Case& c)
        : layout_(c.layout), primary_(c.layout.primary.size, foreign), external_(c.layout.external_size, foreign) {
        for (std::uint32_t i = 0; i < c.plan.outgoing_bytes; ++i) primary_[i] = old_image + i;
        for (std::uint32_t i = 0; i < c.plan.incoming_bytes; ++i) {
            external_[c.layout.secondary.base + i] = new_image + i;
        }
    }

    static std::uint32_t steps(const Move& move) { return move.length + 1; }

    // Executes the first `steps` of a move: the erase is one, each cell is one. The next one is interrupted.
    void execute(const Move& move, std::uint32_t count, Dice& dice) {
        std::vector<Cell>& to = at(move.to);
        if (count == 0) {
            for (std::uint32_t i = 0; i < move.erase_length; ++i) {
                if (dice.one_in(2)) to[move.target + i] = junk;
            }
            return;
        }
        for (std::uint32_t i = 0; i < move.erase_length; ++i) to.at(move.target + i) = erased;
        for (std::uint32_t i = 0; i < move.length && i < count; ++i) {
            ASSERT_EQ(to.at(move.target + i), erased) << "programmed twice";
            to[move.target + i] = i + 1 < count ? at(move.from).at(move.source + i) : junk;
        }
    }

    // Until it is done, interrupted a few times on the way.
    void insist(const Move& move, Dice& dice) {
        while (dice.one_in(2)) execute(move, dice.between(0, steps(move) - 1), dice);
        execute(move, steps(move), dice);
    }

    [[nodiscard]] bool primary_holds(Cell image, std::uint32_t length) const {
        for (std::uint32_t i = 0; i < length; ++i) {
            if (primary_[i] != image + i) return false;
        }
        return true;
    }

    [[nodiscard]] bool external_holds(Cell image, std::uint32_t base, std::uint32_t length) const {
        for (std::uint32_t i = 0; i < length; ++i) {
            if (external_[base + i] != image + i) return false;
        }
        return true;
    }

    [[nodiscard]] bool primary_erased(std::uint32_t from, std::uint32_t to) const {
        return std::all_of(primary_.begin() + from, primary_.begin() + to, [](Cell c) { return c == erased; });
    }

    [[nodiscard]] const std::vector<Cell>& primary() const { return primary_; }
    [[nodiscard]] const std::vector<Cell>& external() const { return external_; }

  private:
    std::vector<Cell>& at(Area area) { return area == Area::primary ? primary_ : external_; }

    const Layout& layout_;
    std::vector<Cell> primary_;
    std::vector<Cell> external_;
};

constexpr Layout ra6m4() {
    Layout layout;
    layout.plan = Plan::offset;
    layout.primary = {16 << 10, 1008 << 10};
    layout.chunk_bytes = 32 << 10;
    layout.primary_blocks = {{{6, 8 << 10}, {30, 32 << 10}}};
    layout.secondary = {1008 << 10, 1008 << 10};
    layout.hole = {2016 << 10, 32 << 10};
    layout.external_erase_block = 4 << 10;
    layout.external_chunk_block = 32 << 10;
    layout.chunk_bytes = chunk_limit(layout);
    return layout;
}

// The top of the highest chunk that takes part.
std::uint32_t touched_end(const Case& c) {
    const Chunk top = chunk_from_top(c.layout, plan_end(c.layout, c.plan), 0);
    return top.offset + top.size;
}

PlanInput way_back(const Case& c, std::uint32_t chunks) {
    PlanInput back = c.plan;
    back.plan = Plan::restore;
    back.restore_chunks = chunks;
    return back;
}

class EveryPlan : public testing::TestWithParam<Plan> {
  protected:
    static constexpr std::uint32_t cases = 3000;

    template <class Check>
    static void for_random_cases(Check check) {
        for (std::uint32_t seed = 1; seed <= cases && !HasFailure(); ++seed) {
            SCOPED_TRACE(testing::Message() << "seed " << seed);
            Dice dice(seed);
            const Case c = random_case(dice, GetParam());
            check(c, dice);
        }
    }
};

class RevertiblePlan : public EveryPlan {};

INSTANTIATE_TEST_SUITE_P(Plans, EveryPlan, testing::Values(Plan::offset, Plan::scratch, Plan::overwrite));
INSTANTIATE_TEST_SUITE_P(Plans, RevertiblePlan, testing::Values(Plan::offset, Plan::scratch));

bool is_block_border(const Layout& layout, std::uint32_t offset) {
    std::uint32_t at = 0;
    for (const BlockRun& run : layout.primary_blocks) {
        for (std::uint32_t i = 0; i < run.count; ++i, at += run.size) {
            if (at == offset) return true;
        }
    }
    return at == offset;
}

TEST_P(EveryPlan, chunks_cover_the_slot_once_in_whole_blocks_and_fit_the_hole) {
    for_random_cases([](const Case& c, Dice&) {
        std::uint32_t top = c.layout.primary.size;
        const std::uint32_t count = chunks_below(c.layout, c.layout.primary.size);
        for (std::uint32_t n = 0; n < count; ++n) {
            const Chunk chunk = chunk_from_top(c.layout, c.layout.primary.size, n);
            ASSERT_NE(chunk.size, 0U);
            ASSERT_LE(chunk.size, c.layout.hole.size);
            ASSERT_EQ(chunk.offset + chunk.size, top);
            ASSERT_TRUE(is_block_border(c.layout, chunk.offset));
            top = chunk.offset;
        }
        ASSERT_EQ(top, 0U);
    });
}

// The smallest layouts that can't be moved: a block that lies on both sides of a chunk's border.
TEST(Chunks, fit_only_if_no_erase_block_straddles_a_border) {
    Layout layout = ra6m4();
    EXPECT_TRUE(chunks_fit(layout));
    layout.chunk_bytes = 64 << 10;
    EXPECT_TRUE(chunks_fit(layout));
    layout.chunk_bytes = 16 << 10;
    EXPECT_FALSE(chunks_fit(layout));
    layout.chunk_bytes = 40 << 10;
    EXPECT_FALSE(chunks_fit(layout));
}

TEST_P(EveryPlan, chunks_behind_both_images_take_no_part) {
    for_random_cases([](const Case& c, Dice&) {
        for (std::uint32_t n = 0; n < move_count(c.layout, c.plan); ++n) {
            const Move move = move_at(c.layout, c.plan, n);
            if (move.to == Area::primary) {
                ASSERT_LT(move.target, plan_end(c.layout, c.plan));
            }
        }
    });
}

TEST_P(EveryPlan, moves_stay_in_their_areas_and_never_overlap_themselves) {
    for_random_cases([](const Case& c, Dice&) {
        const Slot& secondary = c.layout.secondary;
        for (std::uint32_t n = 0; n < move_count(c.layout, c.plan); ++n) {
            const Move move = move_at(c.layout, c.plan, n);
            ASSERT_LE(move.length, move.erase_length);
            if (move.to == Area::primary) {
                ASSERT_LE(move.target + move.erase_length, c.layout.primary.size);
                ASSERT_TRUE(is_block_border(c.layout, move.target));
                ASSERT_TRUE(is_block_border(c.layout, move.target + move.erase_length));
            } else if (move.erase_length != 0) {
                const Slot& hole = c.layout.hole;
                const bool in_hole =
                    move.target >= hole.base && move.target + move.erase_length <= hole.base + hole.size;
                const std::uint32_t slot_end =
                    secondary.base + secondary.size + (c.plan.plan == Plan::offset ? hole.size : 0);
                ASSERT_TRUE(in_hole || (move.target >= secondary.base && move.target + move.erase_length <= slot_end));
                ASSERT_EQ(move.target % c.layout.external_erase_block, 0U);
                ASSERT_EQ(move.erase_length % c.layout.external_erase_block, 0U);
            }
            if (move.from == move.to) {
                ASSERT_TRUE(move.source + move.length <= move.target || move.target + move.erase_length <= move.source);
            }
        }
    });
}

TEST_P(EveryPlan, both_images_arrive_whatever_is_interrupted) {
    for_random_cases([](const Case& c, Dice& dice) {
        Memory memory(c);
        for (std::uint32_t n = 0; n < move_count(c.layout, c.plan); ++n) {
            memory.insist(move_at(c.layout, c.plan, n), dice);
        }
        ASSERT_TRUE(memory.primary_holds(new_image, c.plan.incoming_bytes));
        ASSERT_TRUE(memory.primary_erased(c.plan.incoming_bytes, touched_end(c))) << "stale bytes behind the image";
        const std::uint32_t backup = backup_base(c.layout);
        ASSERT_TRUE(memory.external_holds(old_image, backup, c.plan.outgoing_bytes));
    });
}

TEST(Overwrite, leaves_the_staged_image_and_erases_everything_behind_the_new_one) {
    for (std::uint32_t seed = 1; seed <= 2000; ++seed) {
        Dice dice(seed);
        const Case c = random_case(dice, Plan::overwrite);
        Memory memory(c);
        const std::vector<Cell> before = memory.external();
        for (std::uint32_t n = 0; n < move_count(c.layout, c.plan); ++n) {
            memory.insist(move_at(c.layout, c.plan, n), dice);
        }
        ASSERT_EQ(memory.external(), before) << "seed " << seed;
        ASSERT_TRUE(memory.primary_erased(c.plan.incoming_bytes, c.layout.primary.size)) << "seed " << seed;
    }
}

TEST_P(RevertiblePlan, can_turn_round_inside_any_move) {
    for_random_cases([](const Case& c, Dice& dice) {
        const std::uint32_t turn = dice.between(0, move_count(c.layout, c.plan) - 1);
        Memory memory(c);
        const std::vector<Cell> untouched = memory.primary();
        for (std::uint32_t n = 0; n < turn; ++n) memory.insist(move_at(c.layout, c.plan, n), dice);
        const Move last = move_at(c.layout, c.plan, turn);
        memory.execute(last, dice.between(0, Memory::steps(last)), dice);

        const std::uint32_t chunks = chunks_touched(c.layout, c.plan.plan, turn);
        if (turn < first_primary_move(c.layout, c.plan.plan)) {
            ASSERT_EQ(memory.primary(), untouched) << "abandoned, and yet something was touched";
            return;
        }
        const std::vector<Cell> external = memory.external();
        const PlanInput back = way_back(c, chunks);
        ASSERT_EQ(move_count(c.layout, back), chunks);
        for (std::uint32_t n = 0; n < chunks; ++n) memory.insist(move_at(c.layout, back, n), dice);
        ASSERT_TRUE(memory.primary_holds(old_image, c.plan.outgoing_bytes));
        ASSERT_EQ(memory.external(), external) << "the way back writes outside";
        if (chunks == 0) return;
        const Chunk lowest = chunk_from_top(c.layout, plan_end(c.layout, back), chunks - 1);
        ASSERT_TRUE(memory.primary_erased(std::max(lowest.offset, c.plan.outgoing_bytes), touched_end(c)));
    });
}

TEST_P(RevertiblePlan, can_revert_after_its_last_move_and_again_after_that) {
    for_random_cases([](const Case& c, Dice& dice) {
        Memory memory(c);
        for (std::uint32_t n = 0; n < move_count(c.layout, c.plan); ++n) {
            memory.insist(move_at(c.layout, c.plan, n), dice);
        }
        const PlanInput back = way_back(c, chunks_below(c.layout, plan_end(c.layout, c.plan)));
        for (int time = 0; time < 2; ++time) {
            for (std::uint32_t n = 0; n < move_count(c.layout, back); ++n) {
                memory.insist(move_at(c.layout, back, n), dice);
            }
            ASSERT_TRUE(memory.primary_holds(old_image, c.plan.outgoing_bytes));
            ASSERT_TRUE(memory.primary_erased(c.plan.outgoing_bytes, touched_end(c)));
        }
    });
}

// The old image is whole at every moment: above the border in its backup, below it in the primary slot. This is what
// lets the bootloader prove, before it turns round, that there is something to return to.
TEST_P(RevertiblePlan, keeps_the_old_image_whole_on_both_sides_of_the_border) {
    for_random_cases([](const Case& c, Dice& dice) {
        const std::uint32_t turn = dice.between(0, move_count(c.layout, c.plan) - 1);
        Memory memory(c);
        for (std::uint32_t n = 0; n < turn; ++n) memory.insist(move_at(c.layout, c.plan, n), dice);
        const Move last = move_at(c.layout, c.plan, turn);
        memory.execute(last, dice.between(0, Memory::steps(last)), dice);
        const std::uint32_t chunks = chunks_touched(c.layout, c.plan.plan, turn);
        if (chunks == 0) return;
        const std::uint32_t border = chunk_from_top(c.layout, plan_end(c.layout, c.plan), chunks - 1).offset;
        ASSERT_TRUE(memory.primary_holds(old_image, std::min(border, c.plan.outgoing_bytes)));
        for (std::uint32_t i = border; i < c.plan.outgoing_bytes; ++i) {
            ASSERT_EQ(memory.external()[backup_base(c.layout) + i], old_image + i);
        }
    });
}

TEST(Ra6m4, has_32_chunks_that_meet_on_the_chips_32_kib_blocks) {
    constexpr Layout layout = ra6m4();
    static_assert(chunks_fit(layout));
    ASSERT_EQ(chunks_below(layout, layout.primary.size), 32U);
    for (std::uint32_t n = 0; n < 31; ++n) {
        const Chunk chunk = chunk_from_top(layout, layout.primary.size, n);
        EXPECT_EQ(chunk.size, 32U << 10);
        EXPECT_EQ((layout.secondary.base + chunk.offset) % (32 << 10), 0U);
    }
    EXPECT_EQ(chunk_from_top(layout, layout.primary.size, 31).size, 16U << 10);
}

// DESIGN.md's budget: `offset` at most 1.03 times the minimum, image bytes erased and programmed once per chip.
TEST(Ra6m4, offset_does_the_minimum_of_flash_work) {
    constexpr Layout layout = ra6m4();
    const std::uint32_t image = layout.primary.size;
    const PlanInput plan{.plan = Plan::offset, .incoming_bytes = image, .outgoing_bytes = image};
    std::uint64_t erased_bytes = 0;
    std::uint64_t programmed = 0;
    for (std::uint32_t n = 0; n < move_count(layout, plan); ++n) {
        erased_bytes += move_at(layout, plan, n).erase_length;
        programmed += move_at(layout, plan, n).length;
    }
    EXPECT_EQ(erased_bytes, 2 * std::uint64_t{image});
    EXPECT_EQ(programmed, 2 * std::uint64_t{image});
}

} // namespace
} // namespace outboot::core

// The cells: code flash, data flash, NOR. What is accepted, its smallest rejected neighbour, and what tearing leaves.
#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "board/code_flash.hpp"
#include "board/data_flash.hpp"
#include "board/nor_array.hpp"

namespace outboot::board {
namespace {

std::vector<std::uint8_t> pattern(std::size_t count, std::uint8_t first = 1) {
    std::vector<std::uint8_t> v(count);
    std::iota(v.begin(), v.end(), first);
    return v;
}

bool all_ones(std::span<const std::uint8_t> bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0xff; });
}

// --- Code flash

TEST(CodeFlash, has_eight_small_and_thirty_large_blocks) {
    const CodeFlash flash;
    EXPECT_EQ(flash.size(), 0x100000u);
    ASSERT_EQ(flash.blocks().size(), 38u);
    EXPECT_EQ(flash.block_at(0xffff).index, 7u);
    EXPECT_EQ(flash.block_at(0xffff).size, 0x2000u);
    EXPECT_EQ(flash.block_at(0x10000).index, 8u);
    EXPECT_EQ(flash.block_at(0x10000).offset, 0x10000u);
    EXPECT_EQ(flash.block_at(0x10000).size, 0x8000u);
    EXPECT_EQ(flash.block_at(0xfffff).index, 37u);
    EXPECT_TRUE(all_ones(flash.bytes()));
}

TEST(CodeFlash, takes_one_aligned_erased_unit_at_a_time) {
    CodeFlash flash;
    EXPECT_EQ(flash.program_refusal(0x80, 128), "");
    EXPECT_NE(flash.program_refusal(0x84, 128), "");
    EXPECT_NE(flash.program_refusal(0x80, 124), "");
    EXPECT_NE(flash.program_refusal(0x80, 256), "");
    EXPECT_EQ(flash.program_refusal(0xfff80, 128), "");
    EXPECT_NE(flash.program_refusal(0x100000, 128), "");
}

TEST(CodeFlash, forbids_a_second_program_until_the_block_is_erased) {
    CodeFlash flash;
    const std::vector<std::uint8_t> ones(128, 0xff); // even of what changes nothing
    flash.program(0x2000, ones);
    EXPECT_NE(flash.program_refusal(0x2000, 128), "");
    EXPECT_EQ(flash.program_refusal(0x2080, 128), "");
    flash.erase(0x3fff);
    EXPECT_EQ(flash.program_refusal(0x2000, 128), "");
    EXPECT_EQ(flash.erase_count(1), 1u);
    EXPECT_EQ(flash.erase_count(0), 0u);
}

TEST(CodeFlash, erases_exactly_its_block) {
    CodeFlash flash;
    flash.load(0, std::vector<std::uint8_t>(0x20000, 0x5a));
    flash.erase(0x12345);
    EXPECT_TRUE(all_ones(flash.bytes().subspan(0x10000, 0x8000)));
    EXPECT_EQ(flash.bytes()[0xffff], 0x5a);
    EXPECT_EQ(flash.bytes()[0x18000], 0x5a);
}

TEST(CodeFlash, torn_program_is_a_mixture_that_must_be_erased) {
    CodeFlash flash;
    Random random(1);
    const auto wanted = pattern(128);
    flash.program_torn(0, wanted, random);
    const auto now = flash.bytes().first(128);
    EXPECT_FALSE(all_ones(now));
    EXPECT_FALSE(std::equal(wanted.begin(), wanted.end(), now.begin()));
    EXPECT_NE(flash.program_refusal(0, 128), "");
    flash.erase(0);
    EXPECT_EQ(flash.program_refusal(0, 128), "");
}

TEST(CodeFlash, torn_erase_leaves_every_unit_unusable) {
    CodeFlash flash;
    Random random(1);
    flash.load(0, std::vector<std::uint8_t>(0x2000, 0x00));
    flash.erase_torn(0, random);
    EXPECT_FALSE(all_ones(flash.bytes().first(0x2000)));
    EXPECT_TRUE(
        std::any_of(flash.bytes().begin(), flash.bytes().begin() + 0x2000, [](std::uint8_t b) { return b != 0; }));
    for (std::uint32_t at = 0; at < 0x2000; at += 128) EXPECT_NE(flash.program_refusal(at, 128), "");
    EXPECT_EQ(flash.program_refusal(0x2000, 128), "");
}

TEST(CodeFlash, contents_stay_at_their_address_when_assigned) {
    CodeFlash flash, other;
    other.load(0, pattern(100));
    const std::uint8_t* before = flash.bytes().data();
    flash = other;
    EXPECT_EQ(flash.bytes().data(), before);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(before) % 4096, 0u);
    EXPECT_EQ(flash.bytes()[99], 100);
}

TEST(CodeFlash, state_survives_a_round_trip_through_its_text) {
    CodeFlash flash, copy;
    Random random(1);
    flash.program(0, pattern(128));
    flash.program_torn(128, pattern(128), random);
    flash.erase(0x2000);
    copy.load(0, flash.bytes());
    copy.set_state(flash.unit_states(), flash.erase_counts());
    EXPECT_EQ(copy.unit_state(128), CodeFlash::Unit::torn);
    EXPECT_EQ(copy.erase_count(1), 1u);
    EXPECT_THROW(copy.set_state("ee", flash.erase_counts()), std::invalid_argument);
    std::string bad = flash.unit_states();
    bad[0] = 'x';
    EXPECT_THROW(copy.set_state(bad, flash.erase_counts()), std::invalid_argument);
}

// --- Data flash

struct DataFlashTest : testing::Test {
    std::array<std::uint8_t, 4> word(std::uint32_t at) const {
        std::array<std::uint8_t, 4> w{};
        flash.read(at, w);
        return w;
    }
    DataFlash flash;
    static constexpr std::array<std::uint8_t, 4> value{1, 2, 3, 4};
};

TEST_F(DataFlashTest, reads_another_noise_at_every_read_while_blank) {
    EXPECT_NE(word(0), word(0));
    EXPECT_TRUE(flash.reads_blank(0));
}

TEST_F(DataFlashTest, reads_what_was_programmed_and_is_no_longer_blank) {
    flash.program(4, value);
    EXPECT_EQ(word(4), value);
    EXPECT_FALSE(flash.reads_blank(4));
    EXPECT_TRUE(flash.reads_blank(8));
    std::array<std::uint8_t, 2> middle{};
    flash.read(5, middle);
    EXPECT_EQ(middle, (std::array<std::uint8_t, 2>{2, 3}));
}

TEST_F(DataFlashTest, takes_four_eight_or_sixteen_aligned_bytes) {
    EXPECT_EQ(flash.program_refusal(4, 4), "");
    EXPECT_NE(flash.program_refusal(6, 4), "");
    EXPECT_NE(flash.program_refusal(4, 2), "");
    EXPECT_EQ(flash.program_refusal(8, 8), "");
    EXPECT_NE(flash.program_refusal(4, 8), "");
    EXPECT_EQ(flash.program_refusal(16, 16), "");
    EXPECT_NE(flash.program_refusal(8, 16), "");
    EXPECT_EQ(flash.program_refusal(0x1ffc, 4), "");
    EXPECT_NE(flash.program_refusal(0x2000, 4), "");
}

TEST_F(DataFlashTest, forbids_a_second_program_until_its_block_is_erased) {
    flash.program(64, value);
    EXPECT_NE(flash.program_refusal(64, 4), "");
    flash.erase(127);
    EXPECT_EQ(flash.program_refusal(64, 4), "");
    EXPECT_TRUE(flash.reads_blank(64));
    EXPECT_EQ(flash.erase_counts()[1], 1u);
}

TEST_F(DataFlashTest, torn_program_reads_differently_at_different_boots_until_erased) {
    flash.program_torn(0, value);
    bool whole = false, other = false, blank = false, not_blank = false;
    for (int boot = 0; boot < 100; ++boot) {
        flash.new_boot();
        (word(0) == value ? whole : other) = true;
        (flash.reads_blank(0) ? blank : not_blank) = true;
    }
    EXPECT_TRUE(whole && other && blank && not_blank);
    EXPECT_NE(flash.program_refusal(0, 4), "");
    flash.erase(0);
    EXPECT_TRUE(flash.reads_blank(0));
    EXPECT_EQ(flash.program_refusal(0, 4), "");
}

TEST_F(DataFlashTest, torn_erase_may_show_the_old_content_again_at_a_later_boot) {
    flash.program(0, value);
    flash.erase_torn(0);
    bool old_content = false, other = false;
    for (int boot = 0; boot < 100; ++boot) {
        flash.new_boot();
        (word(0) == value ? old_content : other) = true;
    }
    EXPECT_TRUE(old_content && other);
    EXPECT_EQ(flash.erase_counts()[0], 1u);
}

TEST_F(DataFlashTest, steady_units_dont_change_at_a_boot) {
    flash.program(0, value);
    flash.program_torn(4, value);
    for (int boot = 0; boot < 20; ++boot) {
        flash.new_boot();
        EXPECT_EQ(word(0), value);
    }
}

TEST_F(DataFlashTest, state_survives_a_round_trip_through_its_text) {
    flash.program(0, value);
    flash.program_torn(4, value);
    flash.erase(64);
    DataFlash copy;
    copy.load(0, flash.image());
    copy.set_state(flash.unit_states(), flash.erase_counts());
    EXPECT_EQ(copy.unit_states(), flash.unit_states());
    EXPECT_EQ(copy.unit_state(4), DataFlash::Unit::torn);
    EXPECT_EQ(copy.unit_state(8), DataFlash::Unit::blank);
    EXPECT_EQ(copy.erase_counts()[1], 1u);
}

// --- NOR

TEST(NorArray, program_clears_bits_and_never_sets_them) {
    NorArray nor;
    nor.program(10, std::vector<std::uint8_t>{0xf0});
    EXPECT_EQ(nor.bytes()[10], 0xf0);
    EXPECT_EQ(nor.program_refusal(10, std::vector<std::uint8_t>{0x30}), ""); // only clears
    EXPECT_NE(nor.program_refusal(10, std::vector<std::uint8_t>{0x31}), "");
    nor.program(10, std::vector<std::uint8_t>{0x3f});
    EXPECT_EQ(nor.bytes()[10], 0x30);
}

TEST(NorArray, erase_counts_every_sector_it_touches) {
    NorArray nor;
    nor.load(0, std::vector<std::uint8_t>(0x10000, 0));
    nor.erase(0x8000, 0x8000);
    EXPECT_EQ(nor.bytes()[0x7fff], 0);
    EXPECT_EQ(nor.bytes()[0x8000], 0xff);
    EXPECT_EQ(nor.erase_counts()[7], 0u);
    for (std::size_t s = 8; s < 16; ++s) EXPECT_EQ(nor.erase_counts()[s], 1u);
    EXPECT_EQ(nor.erase_counts()[16], 0u);
}

TEST(NorArray, torn_operations_leave_bits_of_both_ends_only) {
    NorArray nor;
    Random random(1);
    nor.load(0, std::vector<std::uint8_t>(0x1000, 0x0f));
    nor.erase_torn(0, 0x1000, random);
    bool some_old = false, some_new = false;
    for (std::size_t i = 0; i < 0x1000; ++i) {
        EXPECT_EQ(nor.bytes()[i] & 0x0f, 0x0f);
        (nor.bytes()[i] == 0xff ? some_new : some_old) = true;
    }
    EXPECT_TRUE(some_old && some_new);
    nor.erase(0x2000, 0x1000);
    nor.program_torn(0x2000, std::vector<std::uint8_t>(256, 0x0f), random);
    for (std::size_t i = 0x2000; i < 0x2100; ++i) EXPECT_EQ(nor.bytes()[i] & 0x0f, 0x0f);
}

} // namespace
} // namespace outboot::board

// The flash sequencer's commands: erase, program, blank check, suspend and resume, config set.
#include "tests/board/faci_fixture.hpp"

namespace outboot::board {
namespace {

// --- Erase and program

TEST_F(FaciTest, erases_a_code_block_in_its_time) {
    code.load(0x10000, std::vector<std::uint8_t>(0x8000, 0));
    enter_code();
    erase(0x10000);
    EXPECT_EQ(status() & frdy, 0u) << "the first look shows the truth";
    EXPECT_EQ(code.bytes()[0x10000], 0) << "not before it is done";
    const Picoseconds began = world.now();
    EXPECT_EQ(status(), idle) << "the second look waits";
    EXPECT_EQ(world.now() - began, 157 * millisecond);
    EXPECT_EQ(code.bytes()[0x17fff], 0xff);
    EXPECT_EQ(world.operations.counts(Device::code_flash).erases, 1u);
    EXPECT_EQ(world.operations.counts(Device::code_flash).busy, 157 * millisecond);
    EXPECT_EQ(faci.read(fcmdr, 2), 0x20d0u);
    expect_no_violation();
}

TEST_F(FaciTest, small_blocks_take_less_and_slow_clocks_more) {
    enter_code();
    erase(0);
    const Picoseconds began = world.now();
    finish();
    EXPECT_EQ(world.now() - began, 43 * millisecond);
    world.clocks.fclk = 4'000'000;
    w16(fpckar, 0x1e04);
    erase(0);
    const Picoseconds slow = world.now();
    finish();
    EXPECT_EQ(world.now() - slow, 78 * millisecond);
    expect_no_violation();
}

TEST_F(FaciTest, programs_a_code_unit) {
    enter_code();
    program(0x4080, 0x40);
    finish();
    EXPECT_EQ(status(), idle);
    EXPECT_EQ(code.bytes()[0x4080], 0x34);
    EXPECT_EQ(code.bytes()[0x40ff], 0x12);
    EXPECT_EQ(code.bytes()[0x4100], 0xff);
    EXPECT_EQ(world.operations.counts(Device::code_flash).bytes_programmed, 128u);
    expect_no_violation();
}

TEST_F(FaciTest, programs_data_flash_by_four_eight_and_sixteen_bytes) {
    enter_data();
    std::uint32_t at = data_base;
    for (const auto n : std::initializer_list<std::uint8_t>{8, 4, 2}) {
        program(at, n);
        finish();
        at += n * 2u;
    }
    leave();
    EXPECT_EQ(faci.read_data_flash(0, 4), 0x12341234u);
    EXPECT_EQ(faci.read_data_flash(24, 2), 0x1234u);
    EXPECT_TRUE(data.reads_blank(28));
    expect_no_violation();
}

TEST_F(FaciTest, wrong_data_counts_are_refused) {
    enter_code();
    byte(0xe8);
    byte(0x3f);
    EXPECT_EQ(status(), idle | 1u << 14 | 1u << 23);
    expect_violation("count");
    byte(0x50);
    leave();
    enter_data();
    for (const auto n : std::initializer_list<std::uint8_t>{1, 3, 0x40}) {
        byte(0xe8);
        byte(n);
        EXPECT_EQ(status(), idle | 1u << 14 | 1u << 23) << int{n};
        byte(0x50);
    }
}

TEST_F(FaciTest, program_needs_exactly_its_data_and_the_final_byte) {
    enter_data();
    w32(fsaddr, data_base);
    byte(0xe8);
    byte(2);
    faci.command(2, 1);
    (void)status();
    byte(0xd0); // one halfword is missing: a byte where data is expected
    EXPECT_NE(status() & 1u << 14, 0u);
    EXPECT_TRUE(data.reads_blank(0));
    byte(0x50);
    byte(0xe8);
    byte(2);
    faci.command(2, 1);
    (void)status();
    faci.command(2, 1);
    (void)status();
    byte(0xd1);
    EXPECT_NE(status() & 1u << 14, 0u);
    EXPECT_TRUE(data.reads_blank(0));
}

TEST_F(FaciTest, misaligned_programs_are_refused) {
    enter_code();
    program(0x4040, 0x40);
    EXPECT_NE(status() & 1u << 14, 0u);
    EXPECT_EQ(code.bytes()[0x4040], 0xff);
    expect_violation("aligned");
}

TEST_F(FaciTest, a_wide_first_command_gives_the_error_words_seen_on_silicon) {
    enter_data();
    faci.command(2, 0x20);
    EXPECT_EQ(status(), 0x0080c000u);
    EXPECT_EQ(faci.read(fastat, 1), 0x10u);
    expect_violation("16-bit");
}

TEST_F(FaciTest, programming_a_unit_twice_is_a_violation) {
    enter_code();
    program(0, 0x40, 0xffff);
    finish();
    expect_no_violation();
    program(0, 0x40);
    finish();
    expect_violation("programmed since its last erase");
    EXPECT_NE(status() & 1u << 12, 0u) << "PRGERR";
}

TEST_F(FaciTest, data_must_be_paced_by_dbfull) {
    enter_data();
    w32(fsaddr, data_base);
    byte(0xe8);
    byte(2);
    faci.command(2, 1);
    EXPECT_NE(status() & dbfull, 0u);
    EXPECT_EQ(status() & dbfull, 0u);
    faci.command(2, 1);
    (void)status();
    (void)status();
    byte(0xd0);
    expect_no_violation();
    finish();
    w32(fsaddr, data_base + 4);
    byte(0xe8);
    byte(2);
    faci.command(2, 1);
    faci.command(2, 1);
    expect_violation("DBFULL");
}

// --- Data flash: blank check, reads

TEST_F(FaciTest, blank_check_finds_the_first_programmed_unit) {
    data.program(0x20, std::vector<std::uint8_t>{0xff, 0xff, 0xff, 0xff});
    data.program(0x30, std::vector<std::uint8_t>{1, 2, 3, 4});
    enter_data();
    const auto check = [&](std::uint32_t first, std::uint32_t last) {
        w32(fsaddr, data_base + first);
        w32(feaddr, data_base + last);
        byte(0x71);
        byte(0xd0);
        finish();
        return faci.read(fbcstat, 1);
    };
    w8(fbccnt, 0);
    EXPECT_EQ(check(0, 0x1f), 0u);
    EXPECT_EQ(check(0, 0x20), 1u);
    EXPECT_EQ(check(0, 0x3f), 1u);
    EXPECT_EQ(faci.read(fpsaddr, 4), 0x20u);
    w8(fbccnt, 1);
    EXPECT_EQ(check(0, 0x3f), 1u);
    EXPECT_EQ(faci.read(fpsaddr, 4), 0x30u);
    EXPECT_EQ(world.operations.total(), 0u);
    expect_no_violation();
}

TEST_F(FaciTest, blank_check_is_for_data_flash_and_whole_units) {
    enter_code();
    byte(0x71);
    EXPECT_NE(status() & 1u << 14, 0u);
    byte(0x50);
    leave();
    enter_data();
    w32(fsaddr, data_base + 2);
    w32(feaddr, data_base + 7);
    byte(0x71);
    byte(0xd0);
    EXPECT_NE(status() & 1u << 14, 0u);
}

TEST_F(FaciTest, data_flash_cant_be_read_in_its_mode) {
    data.program(0, std::vector<std::uint8_t>{1, 2, 3, 4});
    EXPECT_EQ(faci.read_data_flash(0, 4), 0x04030201u);
    EXPECT_EQ(faci.read_data_flash(2, 1), 3u);
    enter_code();
    EXPECT_EQ(faci.read_data_flash(0, 4), 0x04030201u) << "only in its own mode";
    expect_no_violation();
    leave();
    enter_data();
    (void)faci.read_data_flash(0, 4);
    expect_violation("P/E mode");
    EXPECT_EQ(faci.read(fastat, 1), 0x18u);
}

// --- Suspend and resume

TEST_F(FaciTest, a_suspended_erase_goes_on_where_it_was) {
    data.load(0, std::vector<std::uint8_t>(64, 7));
    enter_data();
    erase(data_base);
    EXPECT_NE(status() & 1u << 11, 0u) << "SUSRDY";
    world.pass(700 * microsecond);
    byte(0xb0);
    EXPECT_EQ(status(), idle | 1u << 9);
    world.pass(second);
    EXPECT_EQ(status(), idle | 1u << 9);
    byte(0xd0);
    const Picoseconds resumed = world.now();
    (void)status();
    EXPECT_EQ(status(), idle);
    EXPECT_EQ(world.now() - resumed, 1000 * microsecond);
    EXPECT_TRUE(data.reads_blank(0));
    expect_no_violation();
}

// --- Config set

TEST_F(FaciTest, config_set_writes_one_unit_of_option_memory) {
    enter_code();
    w32(fsaddr, 0x0100a130);
    byte(0x40);
    byte(8);
    for (int i = 0; i < 8; ++i) {
        faci.command(2, i == 3 ? 0x7fff : 0xffff);
        while ((status() & dbfull) != 0) {
        }
    }
    byte(0xd0);
    finish();
    EXPECT_EQ(options.word(0x34), 0x7fffffffu) << "BTFLG";
    EXPECT_EQ(world.operations.counts(Device::code_flash).configurations, 1u);
    expect_no_violation();
    w32(fsaddr, 0x0100a138);
    byte(0x40);
    byte(8);
    for (int i = 0; i < 8; ++i) {
        faci.command(2, 0xffff);
        while ((status() & dbfull) != 0) {
        }
    }
    byte(0xd0);
    expect_violation("config set at");
}

TEST_F(FaciTest, permanent_option_bits_never_return) {
    options.config_set(0xe0, std::vector<std::uint8_t>(16, 0xfe));
    options.config_set(0xe0, std::vector<std::uint8_t>(16, 0xff));
    EXPECT_EQ(options.word(0xe0), 0xfefefefeu);
    options.config_set(0xc0, std::vector<std::uint8_t>(16, 0xfe));
    options.config_set(0xc0, std::vector<std::uint8_t>(16, 0xff));
    EXPECT_EQ(options.word(0xc0), 0xffffffffu);
}

} // namespace
} // namespace outboot::board

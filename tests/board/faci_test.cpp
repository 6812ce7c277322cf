// The flash sequencer, by its registers, as R01UH0890 §47 and FSP's r_flash_hp describe it.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "board/faci.hpp"

namespace outboot::board {
namespace {

constexpr std::uint32_t fastat = 0x10, fsaddr = 0x30, feaddr = 0x34, fmeprot = 0x44, fbprot0 = 0x78, fbprot1 = 0x7c,
                        fstatr = 0x80, fentryr = 0x84, fsuinitr = 0x8c, fcmdr = 0xa0, fbccnt = 0xd0, fbcstat = 0xd4,
                        fpsaddr = 0xd8, fcpsr = 0xe0, fpckar = 0xe4;
constexpr std::uint32_t idle = 0x00008000, frdy = 1u << 15, dbfull = 1u << 10;
constexpr std::uint32_t data_base = 0x08000000;

struct FaciTest : testing::Test {
    FaciTest() {
        world.clocks = {.iclk = 200'000'000,
                        .pclka = 100'000'000,
                        .pclkb = 50'000'000,
                        .pclkc = 50'000'000,
                        .pclkd = 100'000'000,
                        .bclk = 100'000'000,
                        .fclk = 50'000'000};
        faci.reset();
        faci.fwepror = 1;
    }

    void w8(std::uint32_t reg, std::uint32_t v) { faci.write(reg, 1, v); }
    void w16(std::uint32_t reg, std::uint32_t v) { faci.write(reg, 2, v); }
    void w32(std::uint32_t reg, std::uint32_t v) { faci.write(reg, 4, v); }
    std::uint32_t status() { return faci.read(fstatr, 4); }

    void enter_code() {
        w16(fmeprot, 0xd900);
        w16(fentryr, 0xaa01);
    }
    void enter_data() { w16(fentryr, 0xaa80); }
    void leave() {
        w16(fentryr, 0xaa00);
        w16(fmeprot, 0xd901);
    }
    void byte(std::uint8_t b) { faci.command(1, b); }
    void finish() {
        world.set_horizon(never); // a violation asked the board to look up
        for (int i = 0; i < 3 && (status() & frdy) == 0; ++i) {
        }
    }
    void erase(std::uint32_t address) {
        w32(fsaddr, address);
        byte(0x20);
        byte(0xd0);
    }
    void program(std::uint32_t address, std::uint8_t halfwords, std::uint16_t value = 0x1234) {
        w32(fsaddr, address);
        byte(0xe8);
        byte(halfwords);
        for (int i = 0; i < halfwords; ++i) {
            faci.command(2, value);
            while ((status() & dbfull) != 0) {
            }
        }
        byte(0xd0);
    }

    void expect_no_violation() {
        for (const Violation& v : world.violations) ADD_FAILURE() << v.what;
    }
    void expect_violation(const std::string& part) {
        ASSERT_FALSE(world.violations.empty()) << "nothing about " << part;
        EXPECT_NE(world.violations.back().what.find(part), std::string::npos) << world.violations.back().what;
    }

    World world{1};
    CodeFlash code;
    DataFlash data;
    OptionMemory options;
    Faci faci{world, Pace::typical, code, data, options};
};

// --- Entering and leaving

TEST_F(FaciTest, is_idle_and_clean_after_reset) {
    EXPECT_EQ(status(), idle);
    EXPECT_EQ(faci.read(fastat, 1), 0u);
    EXPECT_EQ(faci.read(fentryr, 2), 0u);
    EXPECT_EQ(faci.read(fmeprot, 2), 1u);
    EXPECT_EQ(faci.read(fpckar, 2), 0x32u);
    EXPECT_EQ(Faci(world, Pace::typical, code, data, options).fwepror, 2);
}

TEST_F(FaciTest, code_flash_mode_needs_fmeprot_unlocked) {
    w16(fentryr, 0xaa01);
    EXPECT_EQ(faci.read(fentryr, 2), 0u);
    expect_violation("FMEPROT");
    world.violations.clear();
    enter_code();
    EXPECT_EQ(faci.read(fentryr, 2), 1u);
    EXPECT_TRUE(faci.code_pe_mode());
    leave();
    EXPECT_EQ(faci.read(fentryr, 2), 0u);
    expect_no_violation();
}

TEST_F(FaciTest, data_flash_mode_needs_no_fmeprot) {
    enter_data();
    EXPECT_EQ(faci.read(fentryr, 2), 0x80u);
    EXPECT_FALSE(faci.code_pe_mode());
    expect_no_violation();
}

TEST_F(FaciTest, both_modes_at_once_are_illegal) {
    w16(fmeprot, 0xd900);
    w16(fentryr, 0xaa81);
    EXPECT_EQ(faci.read(fentryr, 2), 0u);
    expect_violation("at once");
}

TEST_F(FaciTest, ignores_writes_without_the_key) {
    const struct {
        std::uint32_t reg, wrong, reads;
    } cases[] = {
        {fmeprot, 0xd800, 1}, {fentryr, 0xab80, 0}, {fbprot0, 0x7701, 0}, {fbprot1, 0xb001, 0}, {fpckar, 0x1d0a, 0x32}};
    for (const auto& c : cases) {
        world.violations.clear();
        w16(c.reg, c.wrong);
        EXPECT_EQ(faci.read(c.reg, 2), c.reads) << std::hex << c.reg;
        expect_violation("key");
    }
}

TEST_F(FaciTest, keyed_registers_take_one_halfword_write_only) {
    w8(fentryr, 0x80);
    EXPECT_EQ(faci.read(fentryr, 2), 0u);
    expect_violation("key");
    w32(fentryr, 0xaa80);
    EXPECT_EQ(faci.read(fentryr, 2), 0u);
}

TEST_F(FaciTest, fsuinitr_resets_the_set_up_registers) {
    w32(fsaddr, 0x1234);
    w16(fbprot0, 0x7801);
    w16(fcpsr, 1);
    enter_data();
    w16(fsuinitr, 0x2d01);
    EXPECT_EQ(faci.read(fsaddr, 4), 0u);
    EXPECT_EQ(faci.read(fbprot0, 2), 0u);
    EXPECT_EQ(faci.read(fcpsr, 2), 0u);
    EXPECT_EQ(faci.read(fentryr, 2), 0u);
    expect_no_violation();
}

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

// --- Permission

TEST_F(FaciTest, nothing_works_without_fwepror) {
    enter_code();
    for (const auto value : std::initializer_list<std::uint8_t>{0, 2, 3}) {
        world.violations.clear();
        faci.fwepror = value;
        erase(0);
        EXPECT_EQ(status(), 0x00008040u) << int{value}; // FLWEERR, as observed
        EXPECT_EQ(faci.read(fastat, 1), 0x10u);
        expect_violation("FWEPROR");
        byte(0x50);
    }
    faci.fwepror = 1;
    world.violations.clear();
    erase(0);
    finish();
    EXPECT_EQ(status(), idle);
    expect_no_violation();
}

TEST_F(FaciTest, commands_in_read_mode_are_refused) {
    byte(0x20);
    EXPECT_EQ(status(), idle | 1u << 14 | 1u << 22);
    expect_violation("read mode");
}

TEST_F(FaciTest, addresses_outside_the_flash_of_the_mode_set_the_access_error) {
    enter_code();
    erase(data_base);
    EXPECT_EQ(faci.read(fastat, 1), 0x90u) << "CFAE and CMDLK";
    w8(fastat, 0);
    byte(0x50);
    leave();
    enter_data();
    erase(0);
    EXPECT_EQ(faci.read(fastat, 1), 0x18u) << "DFAE and CMDLK";
    w8(fastat, 0);
    byte(0x50);
    erase(data_base + 0x2000);
    EXPECT_EQ(faci.read(fastat, 1), 0x18u);
    w8(fastat, 0);
    byte(0x50);
    world.violations.clear();
    erase(data_base + 0x1fc0);
    finish();
    EXPECT_EQ(status(), idle);
    expect_no_violation();
}

TEST_F(FaciTest, needs_four_megahertz_and_the_right_fpckar) {
    enter_code();
    world.clocks.fclk = 3'999'999;
    w16(fpckar, 0x1e04);
    erase(0);
    expect_violation("4 MHz");
    byte(0x50);
    world.violations.clear();
    world.clocks.fclk = 4'000'001;
    w16(fpckar, 0x1e05);
    erase(0);
    finish();
    expect_no_violation();
    w16(fpckar, 0x1e04); // not rounded up
    erase(0);
    expect_violation("FPCKAR");
}

TEST_F(FaciTest, block_protection_holds_after_reset_until_cancelled) {
    std::vector<std::uint8_t> bps(4, 0xff);
    bps[0] = 0xfd; // block 1
    options.load(0xc0, bps);
    enter_code();
    erase(0x2000);
    finish();
    expect_no_violation(); // latched at reset only
    leave();
    faci.reset();
    faci.fwepror = 1;
    enter_code();
    erase(0x2000);
    EXPECT_EQ(status(), idle | 1u << 14 | 1u << 21);
    expect_violation("protected");
    byte(0x50);
    world.violations.clear();
    erase(0x0000);
    finish();
    w16(fbprot0, 0x7801);
    erase(0x2000);
    finish();
    EXPECT_EQ(status(), idle);
    expect_no_violation();
}

TEST_F(FaciTest, permanent_protection_cant_be_cancelled) {
    options.load(0xe0, std::vector<std::uint8_t>{0xfe});
    faci.reset();
    faci.fwepror = 1;
    enter_code();
    w16(fbprot0, 0x7801);
    w16(fbprot1, 0xb101);
    erase(0);
    expect_violation("protected");
}

TEST_F(FaciTest, the_secure_pair_governs_where_bps_sel_is_0) {
    options.load(0x1c0, std::vector<std::uint8_t>{0xfe}); // block 0: secure registers
    options.load(0x140, std::vector<std::uint8_t>{0xfe}); // protected there
    faci.reset();
    faci.fwepror = 1;
    enter_code();
    w16(fbprot0, 0x7801); // cancels the other set
    erase(0);
    expect_violation("protected");
    byte(0x50);
    world.violations.clear();
    w16(fbprot1, 0xb101);
    erase(0);
    finish();
    expect_no_violation();
}

// --- Errors and recovery

TEST_F(FaciTest, a_lock_takes_only_status_clear_and_forced_stop) {
    enter_data();
    byte(0x99);
    EXPECT_NE(faci.read(fastat, 1) & 0x10, 0u);
    world.violations.clear();
    byte(0x20);
    expect_violation("command-locked");
    EXPECT_EQ(world.operations.total(), 0u);
    byte(0x50);
    EXPECT_EQ(status(), idle);
    world.violations.clear();
    erase(data_base);
    finish();
    expect_no_violation();
}

TEST_F(FaciTest, forced_stop_clears_the_lock_too) {
    enter_data();
    byte(0x99);
    byte(0xb3);
    EXPECT_EQ(status(), idle);
}

TEST_F(FaciTest, access_errors_survive_status_clear_until_read_and_written_zero) {
    enter_data();
    erase(0);
    byte(0x50);
    EXPECT_NE(faci.read(fastat, 1) & 0x18, 0u);
    w8(fastat, 0);
    byte(0x50);
    EXPECT_EQ(faci.read(fastat, 1), 0u);
    EXPECT_EQ(status(), idle);
}

TEST_F(FaciTest, access_errors_arent_cleared_by_writing_what_wasnt_read) {
    enter_data();
    erase(0);
    w8(fastat, 0); // not read as 1 before
    EXPECT_EQ(faci.read(fastat, 1), 0x18u);
}

TEST_F(FaciTest, leaving_while_locked_is_a_violation) {
    enter_data();
    byte(0x99);
    world.violations.clear();
    leave();
    expect_violation("command-locked");
}

TEST_F(FaciTest, forced_stop_tears_what_is_under_way) {
    data.load(0, std::vector<std::uint8_t>(64, 7));
    enter_data();
    erase(data_base);
    byte(0xb3);
    EXPECT_EQ(status(), idle);
    EXPECT_EQ(data.unit_state(0), DataFlash::Unit::torn);
}

TEST_F(FaciTest, nothing_may_be_touched_while_busy) {
    enter_data();
    erase(data_base);
    w32(fsaddr, data_base + 64);
    expect_violation("FSADDR");
    EXPECT_EQ(faci.read(fsaddr, 4), data_base);
    world.violations.clear();
    w16(fentryr, 0xaa00);
    expect_violation("FENTRYR");
    EXPECT_EQ(faci.read(fentryr, 2), 0x80u);
    world.violations.clear();
    byte(0x20);
    expect_violation("under way");
}

TEST_F(FaciTest, a_failing_operation_ends_in_its_error_bit) {
    world.operations.fail_at(Device::data_flash, 0, 2);
    enter_data();
    erase(data_base);
    finish();
    EXPECT_EQ(status(), idle | 1u << 13);
    byte(0x50);
    program(data_base + 64, 2);
    finish();
    EXPECT_EQ(status(), idle | 1u << 12);
    EXPECT_EQ(data.unit_state(64), DataFlash::Unit::torn);
    byte(0x50);
    program(data_base + 128, 2);
    finish();
    EXPECT_EQ(status(), idle);
    expect_no_violation(); // a fault of the device isn't the firmware's
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

// --- Power and reset

TEST_F(FaciTest, a_cut_before_inside_and_after_an_operation) {
    code.load(0, std::vector<std::uint8_t>(0x6000, 0x55));
    world.operations.cut_at(0, Moment::before);
    enter_code();
    erase(0);
    EXPECT_TRUE(world.power_failed);
    EXPECT_EQ(code.bytes()[0], 0x55);
    EXPECT_EQ(code.unit_state(0), CodeFlash::Unit::programmed);

    world.power_failed = false;
    world.operations.cut_at(1, Moment::inside);
    erase(0x2000);
    EXPECT_TRUE(world.power_failed);
    EXPECT_EQ(code.unit_state(0x2000), CodeFlash::Unit::torn);

    world.power_failed = false;
    world.operations.cut_at(2, Moment::after);
    erase(0x4000);
    EXPECT_TRUE(world.power_failed);
    EXPECT_EQ(code.bytes()[0x4000], 0xff);
    EXPECT_EQ(code.unit_state(0x4000), CodeFlash::Unit::erased);
}

TEST_F(FaciTest, a_reset_tears_what_is_under_way_and_nothing_that_is_done) {
    data.load(0, std::vector<std::uint8_t>(128, 7));
    enter_data();
    erase(data_base);
    world.pass(1700 * microsecond);
    faci.reset();
    EXPECT_EQ(data.unit_state(0), DataFlash::Unit::blank);
    faci.fwepror = 1;
    enter_data();
    erase(data_base + 64);
    world.pass(1699 * microsecond);
    faci.reset();
    EXPECT_EQ(data.unit_state(64), DataFlash::Unit::torn);
    EXPECT_EQ(faci.read(fentryr, 2), 0u);
    EXPECT_EQ(faci.fwepror, 2);
}

TEST_F(FaciTest, unknown_registers_are_reported) {
    (void)faci.read(0x54, 4);
    expect_violation("no register");
    world.violations.clear();
    w32(0x416, 1); // FWEPROR isn't here: the trap of writing it at the sequencer's base
    expect_violation("no writable register");
}

} // namespace
} // namespace outboot::board

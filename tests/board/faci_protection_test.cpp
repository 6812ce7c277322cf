// What the flash sequencer wants before it takes a command: its mode, its keys, permission, unprotected blocks.
#include "tests/board/faci_fixture.hpp"

namespace outboot::board {
namespace {

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

TEST_F(FaciTest, unknown_registers_are_reported) {
    (void)faci.read(0x54, 4);
    expect_violation("no register");
    w32(0x416, 1); // FWEPROR isn't here: the trap of writing it at the sequencer's base
    expect_violation("no writable register");
}

// --- Permission

TEST_F(FaciTest, nothing_works_without_fwepror) {
    enter_code();
    for (const auto value : std::initializer_list<std::uint8_t>{0, 2, 3}) {
        faci.fwepror = value;
        erase(0);
        EXPECT_EQ(status(), 0x00008040u) << int{value}; // FLWEERR, as observed
        EXPECT_EQ(faci.read(fastat, 1), 0x10u);
        expect_violation("FWEPROR");
        byte(0x50);
    }
    faci.fwepror = 1;
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
    w16(fbprot1, 0xb101);
    erase(0);
    finish();
    expect_no_violation();
}

} // namespace
} // namespace outboot::board

// The QSPI controller: R01UH0890 §39; direct communication as FSP's r_qspi uses it.
#include "board/qspi.hpp"
#include "tests/board/world_test.hpp"

namespace outboot::board {
namespace {

constexpr std::uint32_t sfmsmd = 0x00, sfmskc = 0x08, sfmcom = 0x10, sfmcmd = 0x14, sfmcst = 0x18, sfmsac = 0x24,
                        sfmsdc = 0x28, sfmspc = 0x30, sfmcnt1 = 0x804;

struct QspiTest : WorldTest {
    QspiTest() {
        world.clocks.pclka = 100'000'000;
        nor.power_cycle();
        w(sfmskc, 0); // 50 MHz: 20 ns
    }
    void w(std::uint32_t reg, std::uint32_t v) { qspi.write(reg, 4, v); }
    std::uint32_t r(std::uint32_t reg) { return qspi.read(reg, 4); }
    void single(std::uint8_t opcode) {
        w(sfmcmd, 1);
        w(sfmcom, opcode);
        w(sfmcmd, 1);
    }

    Nor nor{w25q16jv, Pace::typical, world};
    Qspi qspi{world, nor};
};

TEST_F(QspiTest, registers_have_their_reset_values) {
    qspi.reset();
    EXPECT_EQ(r(0x04), 0x37u);
    EXPECT_EQ(r(sfmskc), 0x08u);
    EXPECT_EQ(r(0x0c), 0x80u);
    EXPECT_EQ(r(sfmsac), 0x02u);
    EXPECT_EQ(r(sfmsdc), 0xff00u);
    EXPECT_EQ(r(sfmspc), 0x10u);
    expect_no_violation();
}

TEST_F(QspiTest, a_cycle_ends_only_with_a_write_to_sfmcmd) {
    w(sfmcmd, 1);
    w(sfmcom, 0x06);
    EXPECT_EQ(r(sfmcst), 1u) << "COMBSY";
    EXPECT_FALSE(nor.state().write_enabled) << "the chip acts when it is deselected";
    w(sfmcmd, 1);
    EXPECT_EQ(r(sfmcst), 0u);
    EXPECT_TRUE(nor.state().write_enabled);
    w(sfmcom, 0x04);
    w(sfmcmd, 0);
    EXPECT_FALSE(nor.state().write_enabled) << "DCOM = 0 ends it as well";
    expect_no_violation();
}

TEST_F(QspiTest, reads_the_jedec_id_in_direct_mode) {
    w(sfmcmd, 1);
    w(sfmcom, 0x9f);
    EXPECT_EQ(r(sfmcom), 0xefu);
    EXPECT_EQ(r(sfmcom), 0x40u);
    EXPECT_EQ(r(sfmcom), 0x15u);
    w(sfmcmd, 0);
    expect_no_violation();
}

TEST_F(QspiTest, a_forgotten_terminator_glues_two_commands_together) {
    w(sfmcmd, 1);
    w(sfmcom, 0x06);
    w(sfmcom, 0x20);
    for (const std::uint32_t b : {0, 0, 0}) w(sfmcom, b);
    w(sfmcmd, 1);
    EXPECT_EQ(world.operations.total(), 0u);
}

TEST_F(QspiTest, sfmcom_belongs_to_direct_mode) {
    w(sfmcom, 0x06);
    expect_violation("outside direct");
    EXPECT_FALSE(nor.state().write_enabled);
}

TEST_F(QspiTest, the_window_must_not_be_read_in_direct_mode) {
    w(sfmcmd, 1);
    (void)qspi.read_window(0, 4);
    EXPECT_EQ(r(sfmcst) & 0x80, 0x80u) << "EROMR";
    expect_violation("direct communication");
    w(sfmcst, 0);
    EXPECT_EQ(r(sfmcst) & 0x80, 0u);
    w(sfmcmd, 0);
    (void)qspi.read_window(0, 4);
    expect_no_violation();
}

TEST_F(QspiTest, the_window_reads_all_sizes_up_to_the_chips_end) {
    nor.array().load(0x10, std::vector<std::uint8_t>{1, 2, 3, 4});
    EXPECT_EQ(qspi.read_window(0x10, 4), 0x04030201u);
    EXPECT_EQ(qspi.read_window(0x11, 2), 0x0302u);
    EXPECT_EQ(qspi.read_window(0x13, 1), 0x04u);
    EXPECT_EQ(qspi.read_window(0x1ffffc, 4), 0xffffffffu);
    expect_no_violation();
    (void)qspi.read_window(0x1ffffe, 4);
    expect_violation("behind the chip's end");
}

TEST_F(QspiTest, the_chip_takes_three_address_bytes) {
    w(sfmsac, 0x03);
    (void)qspi.read_window(0, 4);
    expect_violation("address bytes");
}

TEST_F(QspiTest, quad_modes_need_the_chips_consent_and_dual_ones_dont) {
    single(0x06);
    w(sfmcom, 0x31);
    w(sfmcom, 0x00);
    w(sfmcmd, 0);
    world.pass(second);
    for (const std::uint32_t mode : {0, 1, 2, 3}) {
        w(sfmsmd, mode);
        (void)qspi.read_window(0, 4);
        expect_no_violation();
    }
    for (const std::uint32_t mode : {4, 5}) {
        w(sfmsmd, mode);
        (void)qspi.read_window(0, 4);
        expect_violation("quad-enable");
    }
}

TEST_F(QspiTest, bus_time_depends_on_divider_lines_and_streaming) {
    w(sfmsmd, 0x01); // fast read: 8 + 24 + 8 clocks, then 8 per byte; deselected for 8
    Picoseconds began = world.now();
    (void)qspi.read_window(0, 4);
    EXPECT_EQ(world.now() - began, (8 + 8 + 24 + 8 + 32) * 20 * nanosecond);
    began = world.now();
    (void)qspi.read_window(4, 4);
    EXPECT_EQ(world.now() - began, 32 * 20 * nanosecond) << "the next address only streams";
    began = world.now();
    (void)qspi.read_window(4, 4);
    EXPECT_EQ(world.now() - began, 80 * 20 * nanosecond) << "any other starts anew";
    w(sfmsmd, 0x02); // dual output
    (void)qspi.read_window(0, 4);
    began = world.now();
    (void)qspi.read_window(4, 4);
    EXPECT_EQ(world.now() - began, 16 * 20 * nanosecond);
    w(sfmskc, 0x08); // PCLKA / 10
    (void)qspi.read_window(0, 4);
    began = world.now();
    (void)qspi.read_window(4, 4);
    EXPECT_EQ(world.now() - began, 16 * 100 * nanosecond);
}

TEST_F(QspiTest, prefetch_hides_what_streams_while_the_cpu_works) {
    w(sfmsmd, 0x42);
    (void)qspi.read_window(0, 4);
    world.pass(10 * microsecond);
    const Picoseconds began = world.now();
    for (std::uint32_t at = 4; at < 20; at += 4) (void)qspi.read_window(at, 4);
    EXPECT_EQ(world.now(), began);
    (void)qspi.read_window(20, 4);
    EXPECT_GT(world.now(), began) << "no more than 18 bytes";
}

TEST_F(QspiTest, needs_its_module_and_pins) {
    qspi.why_unreachable = [] { return "the module is stopped"; };
    w(sfmcmd, 1);
    expect_violation("module is stopped");
    (void)qspi.read_window(0, 4);
    expect_violation("module is stopped");
}

TEST_F(QspiTest, a_stale_cache_is_reported) {
    qspi.why_reads_are_stale = [] { return "stale"; };
    (void)qspi.read_window(0, 4);
    expect_violation("stale");
}

TEST_F(QspiTest, xip_is_entered_and_left_by_mode_bytes) {
    w(sfmsmd, 0x05);
    w(sfmsdc, 0xa500 | 0x80);
    (void)qspi.read_window(0, 4);
    EXPECT_NE(r(sfmsdc) & 0x40, 0u) << "SFMXST";
    (void)qspi.read_window(4, 4);
    expect_no_violation();
    w(sfmsdc, 0xff00);
    (void)qspi.read_window(8, 4);
    EXPECT_EQ(r(sfmsdc) & 0x40, 0u);
    EXPECT_FALSE(nor.state().continuous_read);
    (void)qspi.read_window(12, 4);
    expect_no_violation();
}

TEST_F(QspiTest, an_mcu_reset_forgets_xip_but_the_chip_doesnt) {
    w(sfmsmd, 0x05);
    w(sfmsdc, 0xa500 | 0x80);
    (void)qspi.read_window(0, 4);
    qspi.reset();
    EXPECT_TRUE(nor.state().continuous_read);
    (void)qspi.read_window(0, 4);
    expect_violation("continuous-read");
    single(0xff);
    w(sfmcmd, 0);
    (void)qspi.read_window(0, 4);
    expect_no_violation();
}

TEST_F(QspiTest, speaks_qpi_with_sfmspi_2) {
    nor.set_state({.qpi = true});
    w(sfmspc, 0x12);
    single(0xff);
    EXPECT_FALSE(nor.state().qpi);
    w(sfmspc, 0x11);
    expect_violation("dual protocol");
}

TEST_F(QspiTest, unknown_registers_and_banks_are_reported) {
    w(0x1c, 0);
    expect_violation("no register");
    w(sfmcnt1, 1u << 26);
    expect_violation("bank");
}

} // namespace
} // namespace outboot::board

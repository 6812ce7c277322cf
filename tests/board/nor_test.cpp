// The serial NOR on its bus: W25Q16JV data sheet, commands, busy rules, states that outlive an MCU reset, faults.
#include <algorithm>
#include <vector>

#include "board/nor.hpp"
#include "tests/board/world_test.hpp"

namespace outboot::board {
namespace {

struct NorTest : WorldTest {
    NorTest() { nor.power_cycle(); }

    std::vector<std::uint8_t> cycle(std::vector<std::uint8_t> out, std::size_t read = 0) {
        nor.select();
        for (const std::uint8_t b : out) nor.transfer(b);
        std::vector<std::uint8_t> in;
        for (std::size_t i = 0; i < read; ++i) in.push_back(nor.transfer(0xff));
        nor.deselect();
        return in;
    }
    std::uint8_t status() { return cycle({0x05}, 1)[0]; }
    void wait() {
        world.set_horizon(never);
        for (int i = 0; i < 3 && (status() & 1) != 0; ++i) {
        }
    }
    void program(std::uint32_t at, std::vector<std::uint8_t> bytes) {
        cycle({0x06});
        bytes.insert(bytes.begin(), {0x02, static_cast<std::uint8_t>(at >> 16), static_cast<std::uint8_t>(at >> 8),
                                     static_cast<std::uint8_t>(at)});
        cycle(bytes);
    }
    void erase(std::uint8_t opcode, std::uint32_t at) {
        cycle({0x06});
        cycle({opcode, static_cast<std::uint8_t>(at >> 16), static_cast<std::uint8_t>(at >> 8),
               static_cast<std::uint8_t>(at)});
    }
    std::vector<std::uint8_t> read(std::uint32_t at, std::size_t count) {
        return cycle({0x03, static_cast<std::uint8_t>(at >> 16), static_cast<std::uint8_t>(at >> 8),
                      static_cast<std::uint8_t>(at)},
                     count);
    }
    std::vector<std::uint8_t> mapped(std::uint8_t opcode, std::uint32_t at, std::size_t count,
                                     std::uint8_t mode = 0xff) {
        std::vector<std::uint8_t> out(count);
        nor.read_stream(opcode, mode, at, out);
        return out;
    }
    using Bytes = std::vector<std::uint8_t>;

    Nor nor{w25q16jv, Pace::typical, world};
};

TEST_F(NorTest, says_who_it_is) {
    EXPECT_EQ(cycle({0x9f}, 3), (Bytes{0xef, 0x40, 0x15}));
    EXPECT_EQ(cycle({0x90, 0, 0, 0}, 2), (Bytes{0xef, 0x14}));
    EXPECT_EQ(cycle({0xab, 0, 0, 0}, 1), (Bytes{0x14}));
    expect_no_violation();
}

TEST_F(NorTest, programs_part_of_a_page_in_its_time) {
    program(0x1fe, {0x11, 0x22});
    EXPECT_EQ(status() & 3, 3) << "busy, write enabled: the first look shows the truth";
    EXPECT_EQ(nor.array().bytes()[0x1fe], 0xff);
    const Picoseconds began = world.now();
    EXPECT_EQ(status(), 0) << "the second look waits";
    EXPECT_EQ(world.now() - began, 400 * microsecond);
    EXPECT_EQ(read(0x1fd, 4), (Bytes{0xff, 0x11, 0x22, 0xff}));
    EXPECT_EQ(world.operations.counts(Device::external).bytes_programmed, 2u);
    expect_no_violation();
}

TEST_F(NorTest, a_page_program_that_runs_over_its_page_wraps) {
    program(0x1ff, {0x11, 0x22});
    wait();
    EXPECT_EQ(read(0x1ff, 2), (Bytes{0x11, 0xff}));
    EXPECT_EQ(read(0x100, 1), (Bytes{0x22}));
    expect_violation("wraps");
}

TEST_F(NorTest, writes_need_write_enable_each_time) {
    cycle({0x02, 0, 0, 0, 0x55});
    EXPECT_EQ(status() & 1, 0);
    expect_violation("without write enable");
    program(0, {0x55});
    wait();
    cycle({0x20, 0, 0, 0});
    expect_violation("without write enable");
    EXPECT_EQ(read(0, 1), (Bytes{0x55}));
    cycle({0x06});
    EXPECT_EQ(status(), 2);
    cycle({0x04});
    EXPECT_EQ(status(), 0);
    cycle({0x20, 0, 0, 0});
    expect_violation("without write enable");
}

TEST_F(NorTest, erases_4k_32k_64k_and_all_in_their_times) {
    const struct {
        std::uint8_t opcode;
        std::uint32_t at, count;
        Picoseconds time;
    } cases[] = {{0x20, 0x11000, 0x1000, 45 * millisecond},
                 {0x52, 0x18000, 0x8000, 120 * millisecond},
                 {0xd8, 0x10000, 0x10000, 150 * millisecond}};
    for (const auto& c : cases) {
        nor.array().load(0, Bytes(0x30000, 0));
        erase(c.opcode, c.at);
        const Picoseconds began = world.now();
        wait();
        EXPECT_EQ(world.now() - began, c.time);
        EXPECT_EQ(nor.array().bytes()[c.at - 1], 0);
        EXPECT_EQ(nor.array().bytes()[c.at], 0xff);
        EXPECT_EQ(nor.array().bytes()[c.at + c.count - 1], 0xff);
        EXPECT_EQ(nor.array().bytes()[c.at + c.count], 0);
    }
    cycle({0x06});
    cycle({0xc7});
    wait();
    EXPECT_EQ(nor.array().bytes()[0], 0xff);
    expect_no_violation();
}

TEST_F(NorTest, an_erase_address_inside_a_block_is_reported) {
    erase(0x20, 0x1800);
    wait();
    expect_violation("whole block");
}

TEST_F(NorTest, programming_a_0_to_1_is_reported) {
    program(0, {0x0f});
    wait();
    program(0, {0x0e});
    wait();
    expect_no_violation();
    program(0, {0x1e});
    expect_violation("can't become 1");
}

TEST_F(NorTest, while_busy_it_hears_only_status_and_reset) {
    erase(0x20, 0);
    cycle({0x06});
    expect_violation("while it was busy");
    (void)read(0, 1);
    expect_violation("while it was busy");
    (void)mapped(0x0b, 0, 4);
    expect_violation("busy");
    EXPECT_NE(cycle({0x9f}, 3), (Bytes{0xef, 0x40, 0x15}));
    cycle({0xab});
    cycle({0xff});
    expect_no_violation(); // a driver that wakes a chip it doesn't know may send those
}

TEST_F(NorTest, reset_needs_both_commands_and_tears_what_is_under_way) {
    nor.array().load(0, Bytes(0x1000, 0));
    erase(0x20, 0);
    cycle({0x99});
    EXPECT_TRUE(nor.busy()) << "without enabling it";
    cycle({0x66});
    cycle({0x9f}, 1);
    cycle({0x99});
    EXPECT_TRUE(nor.busy()) << "not in a row";
    cycle({0x66});
    cycle({0x99});
    EXPECT_EQ(cycle({0x9f}, 1), (Bytes{0xff})) << "deaf for 30 us";
    world.pass(30 * microsecond);
    EXPECT_EQ(status(), 0);
    const auto now = nor.array().bytes().first(0x1000);
    EXPECT_TRUE(std::any_of(now.begin(), now.end(), [](std::uint8_t b) { return b != 0 && b != 0xff; }));
}

TEST_F(NorTest, power_down_ends_with_its_release_only) {
    cycle({0xb9});
    world.pass(3 * microsecond);
    EXPECT_EQ(cycle({0x9f}, 1), (Bytes{0xff}));
    cycle({0x66});
    cycle({0x99});
    EXPECT_TRUE(nor.state().power_down);
    (void)mapped(0x0b, 0, 1);
    expect_violation("powered down");
    cycle({0xab});
    EXPECT_EQ(cycle({0x9f}, 1), (Bytes{0xff})) << "deaf for 3 us";
    world.pass(3 * microsecond);
    EXPECT_EQ(cycle({0x9f}, 1), (Bytes{0xef}));
    expect_no_violation();
}

TEST_F(NorTest, continuous_read_mode_swallows_commands_until_ones) {
    nor.array().load(0x100, Bytes{1, 2, 3, 4});
    EXPECT_EQ(mapped(0xeb, 0x100, 4, 0xa5), (Bytes{1, 2, 3, 4}));
    EXPECT_TRUE(nor.state().continuous_read);
    EXPECT_EQ(mapped(0x00, 0x100, 4, 0xa5), (Bytes{1, 2, 3, 4})) << "without an opcode";
    EXPECT_NE(cycle({0x9f}, 3), (Bytes{0xef, 0x40, 0x15}));
    expect_no_violation();
    (void)mapped(0xeb, 0x100, 4, 0xa5);
    expect_violation("continuous-read");
    cycle({0xff});
    EXPECT_EQ(cycle({0x9f}, 3), (Bytes{0xef, 0x40, 0x15}));
}

TEST_F(NorTest, continuous_read_mode_ends_with_another_mode_byte) {
    (void)mapped(0xeb, 0, 1, 0xa5);
    (void)mapped(0x00, 0, 1, 0xff);
    EXPECT_FALSE(nor.state().continuous_read);
    expect_no_violation();
}

TEST_F(NorTest, qpi_hears_four_lines_only) {
    nor.set_state({.qpi = true});
    cycle({0xff});
    EXPECT_TRUE(nor.state().qpi);
    nor.select(4);
    nor.transfer(0xff);
    nor.deselect();
    EXPECT_FALSE(nor.state().qpi);
    nor.select(4); // now a chip on one line sees two clocks of it: nothing
    nor.transfer(0x06);
    nor.deselect();
    EXPECT_FALSE(nor.state().write_enabled);
}

TEST_F(NorTest, suspended_erase_lets_other_sectors_be_read) {
    nor.array().load(0, Bytes(0x2000, 0x5a));
    erase(0x20, 0);
    world.pass(20 * millisecond);
    cycle({0x75});
    EXPECT_EQ(status() & 1, 0);
    EXPECT_EQ(cycle({0x35}, 1)[0] & 0x80, 0x80);
    EXPECT_EQ(read(0x1000, 1), (Bytes{0x5a}));
    world.pass(second);
    cycle({0x7a});
    (void)status();
    const Picoseconds began = world.now();
    (void)status();
    EXPECT_EQ(world.now() - began, 25 * millisecond);
    EXPECT_EQ(read(0, 1), (Bytes{0xff}));
    expect_no_violation();
}

TEST_F(NorTest, quad_reads_need_the_quad_enable_bit) {
    cycle({0x06});
    cycle({0x31, 0x00});
    wait();
    EXPECT_EQ(cycle({0x35}, 1)[0] & 2, 0);
    (void)mapped(0x6b, 0, 1);
    expect_violation("quad-enable");
    (void)mapped(0x3b, 0, 1);
    expect_no_violation();
    cycle({0x06});
    cycle({0x31, 0x02});
    wait();
    (void)mapped(0x6b, 0, 1);
    expect_no_violation();
    EXPECT_EQ(world.operations.counts(Device::external).configurations, 2u);
}

TEST_F(NorTest, unknown_opcodes_are_reported) {
    cycle({0x12, 0, 0, 0, 0, 1}); // 4-byte page program, which this part lacks
    expect_violation("0x12");
}

TEST_F(NorTest, states_stay_until_its_supply_goes) {
    nor.set_state({.power_down = true});
    nor.power_cycle();
    EXPECT_FALSE(nor.state().power_down);
    program(0, {0x00});
    nor.power_lost();
    EXPECT_FALSE(nor.busy());
}

TEST_F(NorTest, loss_of_power_tears_only_what_isnt_done) {
    nor.array().load(0, Bytes(0x2000, 0));
    erase(0x20, 0);
    world.pass(45 * millisecond);
    nor.power_lost();
    EXPECT_EQ(nor.array().bytes()[0], 0xff);
    EXPECT_EQ(nor.array().bytes()[0xfff], 0xff);
    nor.power_cycle();
    erase(0x20, 0x1000);
    world.pass(44 * millisecond);
    nor.power_lost();
    const auto torn = nor.array().bytes().subspan(0x1000, 0x1000);
    EXPECT_TRUE(std::any_of(torn.begin(), torn.end(), [](std::uint8_t b) { return b != 0xff; }));
}

// --- Planned cuts and failures

TEST_F(NorTest, cuts_before_inside_and_after) {
    nor.array().load(0, Bytes(0x3000, 0));
    world.operations.cut_at(0, Moment::before, Device::external);
    world.operations.cut_at(1, Moment::inside, Device::external);
    world.operations.cut_at(2, Moment::after, Device::external, Kind::erase);
    for (std::uint32_t i = 0; i < 3; ++i) {
        world.power_failed = false;
        erase(0x20, i * 0x1000);
        EXPECT_TRUE(world.power_failed);
        nor.power_cycle();
    }
    EXPECT_EQ(nor.array().bytes()[0], 0);
    const auto torn = nor.array().bytes().subspan(0x1000, 0x1000);
    EXPECT_TRUE(std::any_of(torn.begin(), torn.end(), [](std::uint8_t b) { return b != 0 && b != 0xff; }));
    EXPECT_EQ(nor.array().bytes()[0x2000], 0xff);
}

TEST_F(NorTest, a_failing_write_is_silent_about_it) {
    world.operations.fail_at(Device::external, 1, 0);
    program(0, {1});
    wait();
    program(1, {2});
    wait();
    erase(0x20, 0);
    wait();
    EXPECT_EQ(read(0, 2), (Bytes{1, 0xff}));
    EXPECT_EQ(status(), 0);
    expect_no_violation();
}

TEST_F(NorTest, a_missing_chip_reads_ones) {
    nor.silence();
    EXPECT_EQ(cycle({0x9f}, 3), (Bytes{0xff, 0xff, 0xff}));
    EXPECT_EQ(status(), 0xff);
    EXPECT_EQ(mapped(0x0b, 0, 2), (Bytes{0xff, 0xff}));
    program(0, {1});
    nor.answer();
    EXPECT_EQ(read(0, 1), (Bytes{0xff}));
    EXPECT_EQ(world.operations.total(), 0u);
    expect_no_violation();
}

TEST_F(NorTest, goes_silent_at_the_operation_asked_for) {
    program(0, {1});
    wait();
    nor.silence_after(1);
    program(1, {2});
    wait();
    EXPECT_FALSE(nor.silent());
    program(2, {3});
    EXPECT_TRUE(nor.silent());
    EXPECT_EQ(status(), 0xff);
    nor.answer();
    EXPECT_EQ(read(0, 3), (Bytes{1, 2, 0xff}));
}

TEST_F(NorTest, an_interrupted_write_enable_isnt_the_firmwares_fault) {
    cycle({0x06});
    nor.silence();
    nor.answer();
    cycle({0x02, 0, 0, 0, 1});
    expect_no_violation();
    EXPECT_EQ(read(0, 1), (Bytes{0xff}));
}

TEST_F(NorTest, failing_reads_are_rubbish_for_so_many_bytes) {
    nor.array().load(0, Bytes(64, 0x77));
    nor.fail_reads(32);
    EXPECT_NE(read(0, 32), Bytes(32, 0x77));
    EXPECT_EQ(read(0, 32), Bytes(32, 0x77));
    nor.fail_reads();
    EXPECT_NE(mapped(0x0b, 0, 64), Bytes(64, 0x77));
    EXPECT_NE(mapped(0x0b, 0, 64), Bytes(64, 0x77));
    nor.clear_faults();
    EXPECT_EQ(mapped(0x0b, 0, 64), Bytes(64, 0x77));
}

TEST_F(NorTest, a_chip_can_change_its_mind_between_two_reads) {
    int reads = 0, programs = 0, erases = 0;
    nor.on_access = [&](Nor::Access what, std::uint32_t offset, std::uint32_t count) {
        if (what == Nor::Access::programmed) ++programs;
        if (what == Nor::Access::erased) ++erases;
        if (what == Nor::Access::read && offset <= 5 && offset + count > 5 && ++reads == 2)
            nor.array().load(5, Bytes{0x99});
    };
    nor.array().load(5, Bytes{0x11});
    EXPECT_EQ(mapped(0x0b, 4, 4)[1], 0x11);
    EXPECT_EQ(read(5, 1), (Bytes{0x99}));
    program(0x100, {1});
    wait();
    erase(0x20, 0x1000);
    wait();
    (void)status();
    EXPECT_EQ(programs, 1);
    EXPECT_EQ(erases, 1);
}

// --- What went over the bus

TEST_F(NorTest, records_every_data_byte_written_and_no_reads) {
    program(0x10, {1, 2, 3});
    wait();
    erase(0x20, 0);
    wait();
    (void)read(0, 100);
    (void)status();
    ASSERT_EQ(nor.writes().size(), 1u);
    EXPECT_EQ(nor.writes()[0].address, 0x10u);
    EXPECT_EQ(nor.writes()[0].bytes, (Bytes{1, 2, 3}));
}

TEST_F(NorTest, records_what_a_deaf_busy_or_missing_chip_was_sent) {
    nor.silence();
    program(0x20, {4, 5});
    ASSERT_EQ(nor.writes().size(), 1u);
    EXPECT_EQ(nor.writes()[0].bytes, (Bytes{4, 5}));
    nor.answer();
    cycle({0x42, 0, 0, 0, 0xaa, 0xbb}); // a secret sent under any other opcode
    ASSERT_EQ(nor.writes().size(), 2u);
    EXPECT_EQ(nor.writes()[1].address, UINT32_MAX);
    EXPECT_EQ(nor.writes()[1].bytes.back(), 0xbb);
}

} // namespace
} // namespace outboot::board

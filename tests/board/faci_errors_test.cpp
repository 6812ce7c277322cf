// How the flash sequencer fails and recovers: locks, forced stop, failing flash, power cuts, resets.
#include "tests/board/faci_fixture.hpp"

namespace outboot::board {
namespace {

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
    w16(fentryr, 0xaa00);
    expect_violation("FENTRYR");
    EXPECT_EQ(faci.read(fentryr, 2), 0x80u);
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

} // namespace
} // namespace outboot::board

// The internal flash in trouble, a journal or key block that is gone, and the watchdog.
#include "tests/scenario/scenario.hpp"

namespace outboot::scenario {
namespace {

class FlashTest : public EveryPlan {
  protected:
    const Image v1 = image(1, 3);
    const Image v2 = image(2, 4);

    void begin_update() {
        begin_with(v1);
        device.stage(v2.staged);
        ASSERT_EQ(device.ask("request permanent"), "request permanent: ok");
    }

    void expect_updated(const Landing& landing) {
        expect_runs(landing, v2);
        expect_state(Phase::idle, Outcome::installed, Reason::none, 1);
    }

    // Operations of a device from the n-th from now on fail.
    void fail(board::Device of, std::uint64_t n, std::uint64_t count) {
        board::Operations& operations = device.board.operations();
        operations.fail_at(of, operations.counts(of).operations() + n, count);
    }

    [[nodiscard]] board::Contents contents_without_power() {
        device.board.power_off();
        return device.board.contents();
    }

    [[nodiscard]] std::uint32_t journal_address() const {
        return board::address::data_flash + device.product.layout.core.journal.base;
    }
    [[nodiscard]] std::uint32_t journal_bytes() const { return device.product.layout.core.journal.size; }
};
INSTANTIATE_TEST_SUITE_P(Plans, FlashTest, testing::Values(Plan::offset, Plan::scratch, Plan::overwrite), plan_name);

TEST_P(FlashTest, code_flash_operation_that_fails_once_is_repeated) {
    begin_update();
    const auto beginning = contents_without_power();
    for (const std::uint64_t n : {0, 1, 100, 300}) {
        restore(device, beginning);
        fail(board::Device::code_flash, n, 1);
        expect_updated(device.start());
    }
}

TEST_P(FlashTest, code_flash_that_fails_for_ever_is_tried_for_ever_and_nothing_false_runs) {
    begin_update();
    fail(board::Device::code_flash, 300, 0);
    device.board.send("reset\n");
    const Landing landing = device.run_to_a_reason();
    EXPECT_EQ(landing.run.stop, board::Stop::time_limit) << landing.describe();
    EXPECT_EQ(landing.record.application_runs, 0);
    EXPECT_EQ(landing.record.state.phase, Phase::moving);
    EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::flash_failed));
    device.board.operations().clear_plans();
    expect_updated(device.run());
}

TEST_P(FlashTest, journal_operation_that_fails_once_costs_nothing) {
    begin_update();
    const auto beginning = contents_without_power();
    for (const std::uint64_t n : {0, 1, 5, 20, 40}) {
        restore(device, beginning);
        fail(board::Device::data_flash, n, 1);
        Landing landing = device.start();
        if (landing.ready() && landing.record.running.major == 1) landing = device.reset(); // couldn't record the look
        SCOPED_TRACE(n);
        expect_updated(landing);
    }
}

TEST_P(FlashTest, journal_that_cant_be_written_boots_and_doesnt_update) {
    begin_update();
    fail(board::Device::data_flash, 0, 0);
    const Landing landing = device.reset();
    expect_runs(landing, v1);
    EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::journal_failed));
    EXPECT_EQ(device.board.operations().counts(board::Device::code_flash).operations(), 0U);
}

TEST_P(FlashTest, journal_that_cant_be_written_any_more_in_a_move_is_waited_for) {
    begin_update();
    // After the begin-record: from the first operation on the primary on.
    device.board.operations().on_operation = [this](const board::Operation& operation) {
        if (operation.device != board::Device::code_flash) return;
        fail(board::Device::data_flash, 0, 0);
        device.board.operations().on_operation = nullptr;
    };
    device.board.send("reset\n");
    const Landing landing = device.run_to_a_reason();
    EXPECT_EQ(landing.run.stop, board::Stop::time_limit) << landing.describe();
    EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::journal_failed));
    EXPECT_EQ(landing.record.state.phase, Phase::moving);
    device.board.operations().clear_plans();
    expect_updated(device.run());
}

TEST_P(FlashTest, journal_that_is_damaged_at_idle_is_begun_anew) {
    begin_update();
    expect_updated(device.reset());
    device.board.power_off();
    board::Random random(3);
    tool::ByteVector noise(journal_bytes());
    for (auto& byte : noise) byte = random.byte();
    device.board.program(journal_address(), noise);
    const Landing landing = device.start();
    expect_runs(landing, v2);
    EXPECT_EQ(landing.record.journal_lost, 1);
    const Image v3 = image(3, 3);
    expect_runs(device.update(v3, Request::permanent), v3);
    EXPECT_EQ(device.ram_record().journal_lost, 0);
}

TEST_P(FlashTest, journal_whose_banks_were_all_torn_at_idle_is_begun_anew) {
    begin_update();
    expect_updated(device.reset());
    device.board.power_off();
    auto contents = device.board.contents();
    for (std::uint32_t at = 0; at < journal_bytes(); at += contents.data_flash.block_bytes())
        contents.data_flash.erase_torn(device.product.layout.core.journal.base + at);
    device.board.set_contents(contents);
    for (int boot = 0; boot < 10; ++boot) { // each boot reads something else
        expect_runs(device.start(), v2);
        device.board.power_off();
    }
    expect_runs(device.start(), v2);
    const Image v3 = image(3, 3);
    expect_runs(device.update(v3, Request::permanent), v3);
}

TEST_P(FlashTest, journal_that_is_lost_on_trial_makes_the_trial_permanent) {
    begin_with(v1);
    const Request request = GetParam() == Plan::overwrite ? Request::permanent : Request::test;
    expect_runs(device.update(v2, request), v2);
    device.board.power_off();
    device.board.program(journal_address(), tool::ByteVector(journal_bytes(), 0x5a));
    for (int boot = 0; boot < 5; ++boot) expect_runs(device.start(), v2);
}

TEST_P(FlashTest, key_block_that_is_missing_or_damaged_lets_nothing_run) {
    begin_with(v1);
    const std::uint32_t keys = device.product.layout.core.keys_address;
    auto damaged = device.board.read(keys, 256);
    damaged[100] ^= 1;
    for (const auto& block : {tool::ByteVector(256, 0xff), damaged}) {
        device.board.power_off();
        device.board.program(keys, block);
        const auto before = device.board.operations().total();
        device.board.power_on();
        const Landing landing = device.run_to_a_reason();
        EXPECT_EQ(landing.run.stop, board::Stop::time_limit) << landing.describe();
        EXPECT_EQ(landing.record.application_runs, 0);
        EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::no_keys));
        EXPECT_EQ(device.board.operations().total(), before);
    }
}

// ---- the watchdog ---------------------------------------------------------------------------------------------------

// At the data sheets' slowest, where single erases take seconds and an update minutes.
class Watched : public Scenario, public testing::WithParamInterface<Plan> {
  protected:
    Watched() : Scenario(GetParam(), {.pace = board::Pace::maximum, .watchdog = true}) {}
};
INSTANTIATE_TEST_SUITE_P(Plans, Watched, testing::Values(Plan::offset, Plan::scratch, Plan::overwrite), plan_name);

TEST_P(Watched, full_update_at_the_slowest_needs_no_watchdog_reset) {
    const std::uint32_t largest = largest_image(device.product);
    const Image v1 = device.make({.version = 1, .bytes = largest});
    const Image v2 = device.make({.version = 2, .bytes = largest});
    begin_with(v1);
    expect_runs(device.update(v2, Request::permanent), v2); // and TearDown looks for resets
}

TEST_P(Watched, waiting_for_a_chip_in_a_move_needs_no_watchdog_reset) {
    const Image v1 = image(1, 3);
    const Image v2 = image(2, 3);
    begin_with(v1);
    device.stage(v2.staged);
    EXPECT_EQ(device.ask("request permanent"), "request permanent: ok");
    device.board.operations().on_operation = [this](const board::Operation& operation) {
        if (operation.device == board::Device::code_flash) device.board.external().silence();
    };
    const Landing landing = device.reset(40 * board::second);
    EXPECT_EQ(landing.run.stop, board::Stop::time_limit) << landing.describe();
    EXPECT_EQ(landing.resets, 1U) << "the application's own";
    device.board.operations().on_operation = nullptr;
    device.board.external().answer();
    expect_runs(device.run(), v2);
}

} // namespace
} // namespace outboot::scenario

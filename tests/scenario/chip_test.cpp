// The external chip in trouble, in strange states, and in an attacker's hands.
#include "board/nor_opcodes.hpp"
#include "tests/scenario/scenario.hpp"
#include "tool/image_file.hpp"

namespace outboot::scenario {
namespace {

constexpr board::Picoseconds while_waiting = 3 * board::second;

class ChipTest : public EveryPlan {
  protected:
    const Image v1 = image(1, 4); // the larger, so that its backup begins before the primary changes
    const Image v2 = image(2, 3);

    [[nodiscard]] board::Nor& chip() { return device.board.external(); }
    [[nodiscard]] const core::Layout& layout() const { return device.product.layout.core; }
    [[nodiscard]] bool reverts() const { return GetParam() != Plan::overwrite; }

    // At the application's prompt, v2 staged and requested, as a test where the plan knows one.
    void begin_update() {
        begin_with(v1);
        device.stage(v2.staged);
        const std::string request = reverts() ? "request test" : "request permanent";
        ASSERT_EQ(device.ask(request), request + ": ok");
    }

    void expect_updated(const Landing& landing) {
        expect_runs(landing, v2);
        if (reverts())
            expect_state(Phase::on_trial, Outcome::on_trial, Reason::none, 1);
        else
            expect_state(Phase::idle, Outcome::installed, Reason::none, 1);
    }

    // Calls `action` before the n-th operation of a device from now on.
    void at_operation(board::Device of, std::uint64_t n, std::function<void()> action) {
        device.board.operations().on_operation = [=, left = n](const board::Operation& operation) mutable {
            if (operation.device == of && left-- == 0) action();
        };
    }

    void command(std::initializer_list<std::uint8_t> bytes) {
        chip().select();
        for (const std::uint8_t byte : bytes) chip().transfer(byte);
        chip().deselect();
    }

    // An erase in the last sector, where nobody has anything.
    void begin_erase() {
        command({board::op::write_enable});
        command({board::op::erase_4k, 0x1f, 0xf0, 0x00});
    }
};
INSTANTIATE_TEST_SUITE_P(Plans, ChipTest, testing::Values(Plan::offset, Plan::scratch, Plan::overwrite), plan_name);

class RevertibleChipTest : public ChipTest {};
INSTANTIATE_TEST_SUITE_P(Plans, RevertibleChipTest, testing::Values(Plan::offset, Plan::scratch), plan_name);

// ---- missing and dying ----------------------------------------------------------------------------------------------

TEST_P(ChipTest, missing_at_an_idle_boot_is_not_even_noticed) {
    begin_with(v1);
    chip().silence();
    const Landing landing = device.start();
    expect_runs(landing, v1);
    EXPECT_EQ(landing.record.boot_reason, Reason::none);
}

TEST_P(ChipTest, missing_at_a_request_keeps_it_and_counts_it) {
    begin_update();
    chip().silence();
    for (int look = 1; look <= 2; ++look) {
        const Landing landing = look == 1 ? device.reset() : device.start();
        expect_runs(landing, v1);
        EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::chip_missing));
        EXPECT_EQ(landing.record.state.looking, look);
        EXPECT_NE(landing.record.state.request, Request::none);
    }
    chip().answer();
    expect_updated(device.start());
}

TEST_P(ChipTest, that_dies_in_the_middle_of_a_move_and_comes_back_costs_nothing) {
    begin_update();
    at_operation(board::Device::code_flash, 300, [this] { chip().silence(); });
    device.board.send("reset\n");
    Landing landing = device.run_to_a_reason();
    EXPECT_EQ(landing.run.stop, board::Stop::time_limit) << "it waits: " << landing.describe();
    EXPECT_EQ(landing.record.state.phase, Phase::moving);
    EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::chip_missing));
    const auto before = device.board.operations().counts(board::Device::external).operations();
    device.run(while_waiting);
    EXPECT_EQ(device.board.operations().counts(board::Device::external).operations(), before);
    chip().answer();
    expect_updated(device.run());
}

TEST_P(ChipTest, that_is_still_missing_at_the_next_boot_is_waited_for_in_the_middle_of_a_move) {
    begin_update();
    at_operation(board::Device::code_flash, 300, [this] { chip().silence(); });
    device.board.send("reset\n");
    EXPECT_FALSE(device.run_to_a_reason().ready());
    device.board.power_on();
    const Landing landing = device.run_to_a_reason();
    EXPECT_EQ(landing.run.stop, board::Stop::time_limit) << landing.describe();
    EXPECT_EQ(landing.record.application_runs, 0);
    chip().answer();
    expect_updated(device.start());
}

TEST_P(RevertibleChipTest, that_dies_for_writing_only_brings_the_old_image_back) {
    begin_update();
    const auto operations = device.board.operations().counts(board::Device::external).operations();
    device.board.operations().fail_at(board::Device::external, operations + 300, 0);
    expect_runs(device.reset(), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::chip_write_failed, 1);
}

TEST_P(RevertibleChipTest, that_never_could_be_written_leaves_the_old_image_untouched) {
    begin_update();
    device.board.operations().fail_at(board::Device::external, 0, 0);
    expect_runs(device.reset(), v1);
    expect_state(Phase::idle, Outcome::abandoned, Reason::chip_write_failed, 1);
    EXPECT_EQ(device.board.operations().counts(board::Device::code_flash).operations(), 0U);
}

TEST_P(RevertibleChipTest, whose_write_fails_once_is_written_again) {
    begin_update();
    const auto operations = device.board.operations().counts(board::Device::external).operations();
    device.board.operations().fail_at(board::Device::external, operations + 200, 1);
    expect_updated(device.reset());
}

TEST_P(RevertibleChipTest, silent_before_the_first_primary_chunk_abandons_the_update_and_keeps_the_request) {
    begin_update();
    at_operation(board::Device::external, 20, [this] { chip().silence(); });
    const Landing landing = device.reset();
    expect_runs(landing, v1);
    EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::chip_missing));
    EXPECT_EQ(landing.record.state.phase, Phase::idle);
    EXPECT_EQ(landing.record.state.outcome, Outcome::abandoned);
    EXPECT_EQ(core::name(landing.record.state.reason), core::name(Reason::chip_missing));
    EXPECT_EQ(landing.record.state.request, Request::test);
    EXPECT_EQ(device.board.operations().counts(board::Device::code_flash).operations(), 0U);
    device.board.operations().on_operation = nullptr;
    chip().answer();
    expect_updated(device.start());
}

// It doesn't say so: what was copied meanwhile is found out at the end.
TEST_P(ChipTest, whose_reads_fail_for_a_while_costs_at_most_the_update) {
    begin_update();
    at_operation(board::Device::code_flash, 300, [this] { chip().fail_reads(2000); });
    const Landing landing = device.reset();
    device.board.operations().on_operation = nullptr;
    if (reverts()) {
        expect_runs(landing, v1);
        expect_state(Phase::idle, Outcome::reverted, Reason::primary_changed, 1);
    } else {
        expect_updated(landing);
    }
}

TEST_P(RevertibleChipTest, silent_on_the_way_back_is_waited_for) {
    begin_update();
    expect_updated(device.reset());
    use_up_attempts(v2);
    at_operation(board::Device::code_flash, 300, [this] { chip().silence(); });
    device.board.power_on();
    const Landing landing = device.run_to_a_reason();
    EXPECT_EQ(landing.run.stop, board::Stop::time_limit) << landing.describe();
    EXPECT_EQ(landing.record.state.phase, Phase::restoring);
    EXPECT_EQ(core::name(landing.record.boot_reason), core::name(Reason::chip_missing));
    chip().answer();
    expect_runs(device.run(), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::not_confirmed, 1);
}

// ---- left by the application in a strange state; a reset of the MCU doesn't reset it
// ----------------------------------

TEST_P(ChipTest, left_in_power_down_is_woken) {
    begin_update();
    chip().set_state({.power_down = true});
    expect_updated(device.reset());
}

TEST_P(ChipTest, left_in_qpi_mode_is_brought_out) {
    begin_update();
    chip().set_state({.qpi = true});
    expect_updated(device.reset());
}

TEST_P(ChipTest, left_in_continuous_read_is_brought_out) {
    begin_update();
    chip().set_state({.continuous_read = true});
    expect_updated(device.reset());
}

TEST_P(ChipTest, left_write_enabled_changes_nothing) {
    begin_update();
    chip().set_state({.write_enabled = true});
    expect_updated(device.reset());
}

TEST_P(ChipTest, left_busy_is_waited_for) {
    begin_update();
    begin_erase();
    ASSERT_TRUE(chip().busy());
    expect_updated(device.reset());
}

TEST_P(ChipTest, left_suspended_is_reset) {
    begin_update();
    begin_erase();
    command({chip().part().suspend});
    expect_updated(device.reset());
}

TEST_P(ChipTest, left_in_any_state_is_not_touched_at_an_idle_boot) {
    begin_with(v1);
    chip().set_state({.power_down = true});
    expect_runs(device.reset(), v1);
    EXPECT_TRUE(chip().state().power_down);
    EXPECT_EQ(chip().bytes_read(), 0U);
}

// ---- in an attacker's hands -----------------------------------------------------------------------------------------

class Attack : public RevertibleChipTest {
  protected:
    const tool::ByteVector attackers_key = tool::random_bytes(16);

    // The image with an encryption TLV of the attacker's making: anyone can make one for the device's public key.
    [[nodiscard]] tool::ByteVector with_attackers_tlv(const tool::ByteVector& image) const {
        const auto wrapped = device.product.device_key.wrap(attackers_key);
        const auto at = tool::ImageFile::parse(image).find(format::tlv::enc_ec256, false)->offset;
        tool::ByteVector out = image;
        std::copy(wrapped.begin(), wrapped.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
        return out;
    }

    // What the attacker reads where images stand outside, with his key and the bootloader's way of counting.
    void expect_attacker_reads_nothing() {
        const auto outside = device.board.external().array().bytes();
        for (const std::uint32_t base : {layout().secondary.base, device.backup_base()}) {
            const std::uint32_t payload = base + layout().header_size;
            const auto seen = tool::aes_ctr(attackers_key, outside.subspan(payload));
            const auto found = device.secret_in(seen);
            EXPECT_FALSE(found) << *found;
        }
    }
};
INSTANTIATE_TEST_SUITE_P(Plans, Attack, testing::Values(Plan::offset, Plan::scratch), plan_name);

TEST_P(Attack, encryption_tlv_swapped_during_the_move_gives_the_attacker_nothing_at_the_next_update) {
    begin_update();
    const auto swapped = with_attackers_tlv(v2.staged);
    const std::size_t tlvs = v2.staged.size() - 200; // the last TLV, and no payload
    at_operation(board::Device::external, 0, [&] {
        chip().array().load(layout().secondary.base + static_cast<std::uint32_t>(tlvs),
                            tool::ByteSpan(swapped).subspan(tlvs));
    });
    expect_runs(device.reset(), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::primary_changed, 1);
    expect_attacker_reads_nothing();
    device.board.operations().on_operation = nullptr;
    for (const int version : {3, 4}) {
        const Image next = image(version, 3);
        expect_runs(device.update(next, Request::permanent), next);
        expect_attacker_reads_nothing();
    }
}

TEST_P(Attack, encryption_tlv_of_the_attackers_in_the_running_image_gives_him_nothing_either) {
    begin_with(v1);
    device.board.power_off();
    const auto clear = with_attackers_tlv(v1.clear);
    device.board.program(device.product.layout.primary().address, clear);
    ASSERT_TRUE(device.start().ready());
    expect_updated(device.update(v2, Request::test));
    expect_attacker_reads_nothing();
}

TEST_P(Attack, image_that_changes_after_its_verification_is_not_kept) {
    begin_update();
    at_operation(board::Device::external, 0, [this] {
        const std::uint32_t at = layout().secondary.base + 0x6000;
        chip().array().load(at, tool::ByteVector{static_cast<std::uint8_t>(chip().array().bytes()[at] ^ 4)});
    });
    expect_runs(device.reset(), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::primary_changed, 1);
}

// Different every time it is asked: whatever it says, only an authentic image runs.
TEST_P(Attack, chip_that_answers_at_random_never_gets_anything_else_to_run) {
    board::Random random(5);
    begin_update();
    const auto beginning = [this] {
        device.board.power_off();
        return device.board.contents();
    }();
    for (int round = 0; round < 20; ++round) {
        restore(device, beginning);
        std::uint64_t next = random.below(200);
        std::uint64_t changes = 1 + random.below(4);
        chip().on_access = [&](board::Nor::Access access, std::uint32_t offset, std::uint32_t count) {
            if (access != board::Nor::Access::read || changes == 0 || next-- != 0) return;
            --changes;
            next = random.below(200);
            const auto at = offset + static_cast<std::uint32_t>(random.below(count));
            chip().array().load(at, tool::ByteVector{random.byte()});
        };
        const Landing landing = device.start(20 * board::second);
        chip().on_access = nullptr;
        if (landing.ready())
            EXPECT_TRUE(device.primary_holds(landing.record.running.major == 1 ? v1 : v2)) << landing.describe();
        else // it may have spoilt the only copy: then nothing runs at all
            EXPECT_EQ(landing.record.application_runs, 0) << landing.describe();
        EXPECT_EQ(device.trouble(), "") << "round " << round;
    }
}

} // namespace
} // namespace outboot::scenario

// The supply goes at any operation: before it, inside it, after it; once everywhere, and again and again at random.
#include "tests/core/device.hpp"

namespace outboot::core {
namespace {

using End = Outlook::End;

struct Story {
    const char* name;
    Plan plan;
    Request request;
    bool confirm = false;
    std::uint32_t old_payload = 0;
    std::uint32_t new_payload = 0;
};

void PrintTo(const Story& story, std::ostream* out) {
    *out << story.name;
}

class PowerTest : public testing::TestWithParam<Story> {
  protected:
    static constexpr int old_version = 1;
    static constexpr int new_version = 2;

    PowerTest() : device(small_layout(GetParam().plan)) {
        const Story& story = GetParam();
        const Image& v1 = device.make({.version = old_version, .counter = 1, .payload_bytes = story.old_payload});
        const Image& v2 = device.make({.version = new_version, .counter = 2, .payload_bytes = story.new_payload});
        device.load_primary(v1);
        device.stage_and_request(v2, story.request);
        start = device.world;
    }

    [[nodiscard]] int final_version() const {
        return GetParam().request == Request::permanent || GetParam().confirm ? new_version : old_version;
    }

    // Lets a device that isn't disturbed any more come to rest.
    void expect_right_end() {
        Outlook outlook = device.calm_boot();
        ASSERT_EQ(outlook.end, End::started);
        ASSERT_TRUE(outlook.version == old_version || outlook.version == new_version) << outlook.version;
        if (GetParam().confirm && device.state().phase == Phase::on_trial) device.confirm();
        for (int boot = 0; boot < 5; ++boot) outlook = device.calm_boot();
        EXPECT_EQ(outlook.end, End::started);
        EXPECT_EQ(outlook.version, final_version());
        EXPECT_EQ(device.state().phase, Phase::idle);
        EXPECT_EQ(device.state().counter_floor, final_version() == new_version ? 2U : 1U);
    }

    // Boots until the application runs; a trial image is confirmed if the story says so. Stops where the supply goes.
    bool live_until_idle() {
        for (int boot = 0; boot < 8; ++boot) {
            const Outlook outlook = device.power_on();
            if (outlook.end == End::cut) return false;
            EXPECT_EQ(outlook.end, End::started);
            EXPECT_TRUE(outlook.version == old_version || outlook.version == new_version) << outlook.version;
            if (GetParam().confirm && device.state().phase == Phase::on_trial) {
                try {
                    device.confirm();
                } catch (const explore::PowerCut&) {
                    return false;
                }
            }
        }
        return true;
    }

    Device device;
    World start{device.product()};
};

TEST_P(PowerTest, one_cut_anywhere_changes_nothing_in_the_end) {
    for (const When when : {When::before, When::inside, When::after}) {
        std::uint32_t operation = 0;
        for (bool cut = true; cut && !HasFailure(); ++operation) {
            SCOPED_TRACE(testing::Message() << "operation " << operation << ", moment " << static_cast<int>(when));
            device.rewind(start);
            device.environment.cut_at = operation;
            device.environment.cut_when = when;
            cut = !live_until_idle();
            device.environment.cut_at = TestEnvironment::never;
            expect_right_end();
        }
        EXPECT_GT(operation, 40U) << "hardly anything was cut";
    }
}

TEST_P(PowerTest, cuts_after_cuts_at_random_change_nothing_in_the_end) {
    std::uint32_t cuts = 0;
    for (std::uint32_t seed = 1; seed <= 300 && !HasFailure(); ++seed) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        Dice dice(seed);
        device.rewind(start);
        device.environment.choice = [&](std::uint32_t count) { return dice.below(count); };
        const std::uint32_t mean = 2U << seed % 6;
        for (int session = 0; session < 60; ++session) {
            device.environment.operations = 0;
            device.environment.cut_at = dice.below(mean);
            device.environment.cut_when = static_cast<When>(dice.below(3));
            const Outlook outlook = device.power_on();
            ASSERT_NE(outlook.end, End::waiting);
            if (outlook.end == End::cut) ++cuts;
            if (outlook.end == End::started) {
                ASSERT_TRUE(outlook.version == old_version || outlook.version == new_version) << outlook.version;
            }
        }
        device.environment.cut_at = TestEnvironment::never;
        if (device.state().outcome == Outcome::refused) { // three cut looks
            ASSERT_EQ(device.state().reason, Reason::looking_limit);
            ASSERT_EQ(device.calm_boot().version, old_version);
            continue;
        }
        ASSERT_EQ(device.calm_boot().end, End::started);
    }
    EXPECT_GT(cuts, 1000U);
}

INSTANTIATE_TEST_SUITE_P(
    Stories, PowerTest,
    testing::Values(Story{"offset_revert", Plan::offset, Request::test, false, 1900, 2500},
                    Story{"offset_confirm", Plan::offset, Request::test, true, 1900, 2500},
                    Story{"offset_permanent_old_larger", Plan::offset, Request::permanent, false, 2700, 300},
                    Story{"offset_revert_old_larger", Plan::offset, Request::test, false, 2700, 300},
                    Story{"offset_revert_full", Plan::offset, Request::test, false, 3072 - 269, 3072 - 269},
                    Story{"scratch_revert", Plan::scratch, Request::test, false, 1900, 2500},
                    Story{"scratch_confirm_old_larger", Plan::scratch, Request::test, true, 2700, 300},
                    Story{"scratch_permanent", Plan::scratch, Request::permanent, false, 300, 2700},
                    Story{"overwrite_old_larger", Plan::overwrite, Request::permanent, false, 2700, 300},
                    Story{"overwrite", Plan::overwrite, Request::permanent, false, 300, 2700}),
    [](const auto& story) { return story.param.name; });

} // namespace
} // namespace outboot::core

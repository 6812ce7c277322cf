// A journal mark that was cut may read invalid at one boot and valid at the next. Whoever repeats a move on the word of
// the first reading must not be believed by the second: found as "two cuts lose the backup, four both images".
#include "tests/core/device.hpp"

namespace outboot::core {

namespace {

using End = Outlook::End;

std::uint32_t noise(std::uint32_t /*count*/) {
    return 0;
}
std::uint32_t late(std::uint32_t count) {
    return count == 2 ? 1 : 0;
}

class LateMarkTest : public testing::TestWithParam<Plan> {
  protected:
    void SetUp() override {
        device.load_primary(device.make({.version = 1, .counter = 1, .payload_bytes = 1900}));
        device.stage_and_request(device.make({.version = 2, .counter = 2, .payload_bytes = 2500}), Request::test);
    }

    // A session whose power fails inside its operation `at`, torn units reading by `choice`. False: it got further.
    bool cut_session(std::uint32_t (*choice)(std::uint32_t), std::uint32_t at) {
        device.environment.operations = 0;
        device.environment.choice = choice;
        device.environment.cut_at = at;
        device.environment.cut_when = When::inside;
        return device.power_on().end == End::cut;
    }

    // Seven boots without a confirmation: moved, tried three times, reverted.
    Outlook settle() {
        device.environment.cut_at = TestEnvironment::never;
        device.environment.choice = late;
        Outlook outlook;
        for (int boot = 0; boot < 7; ++boot) outlook = device.calm_boot();
        return outlook;
    }

    Device device{small_layout(GetParam())};
};

TEST_P(LateMarkTest, two_cuts_dont_cost_the_way_back) {
    const World start = device.world;
    int histories = 0;
    for (std::uint32_t first = 0; first < 400; ++first) {
        device.rewind(start);
        if (!cut_session(noise, first)) break;
        const World torn = device.world;
        for (std::uint32_t second = 0; second < 12; ++second) {
            device.rewind(torn);
            if (!cut_session(noise, second)) break;
            ++histories;
            const Outlook outlook = settle();
            ASSERT_EQ(outlook.end, End::started) << first << ", " << second;
            ASSERT_EQ(outlook.version, 1) << first << ", " << second;
        }
    }
    EXPECT_GT(histories, 100);
}

TEST_P(LateMarkTest, four_cuts_dont_cost_both_images) {
    const World start = device.world;
    int histories = 0;
    for (std::uint32_t first = 20; first < 100; ++first) {
        device.rewind(start);
        if (!cut_session(noise, first)) break;
        if (!cut_session(noise, 0)) continue;
        const World twice = device.world;
        for (std::uint32_t third = 0; third < 60; ++third) {
            device.rewind(twice);
            if (!cut_session(late, third)) break;
            if (!cut_session(noise, 0)) continue;
            ++histories;
            ASSERT_EQ(settle().end, End::started) << first << ", 0, " << third << ", 0";
        }
    }
    EXPECT_GT(histories, 100);
}

INSTANTIATE_TEST_SUITE_P(Plans, LateMarkTest, testing::Values(Plan::offset, Plan::scratch));

} // namespace

} // namespace outboot::core

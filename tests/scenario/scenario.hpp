// What every scenario stands on: a device that runs its factory image, and the claims made at its end.
#pragma once

#include <gtest/gtest.h>

#include "rig/device.hpp"
#include "tests/scenario/products.hpp"

namespace outboot::scenario {

using namespace rig;

class Scenario : public testing::Test {
  protected:
    explicit Scenario(Plan plan = Plan::offset, const board::Config& config = {})
        : Scenario(product_of(plan), config) {}
    explicit Scenario(const Product& product, const board::Config& config = {}) : device(product, config) {}

    // An image of so many chunks, with the counter of its version unless told otherwise.
    Image image(int version, std::uint32_t chunks, std::uint32_t counter = 1) {
        return device.make({.version = version, .bytes = image_of_chunks(device.product, chunks), .counter = counter});
    }

    // Out of the factory and started once.
    void begin_with(const Image& first) {
        device.provision(first);
        expect_runs(device.start(), first);
    }

    void expect_runs(const Landing& landing, const Image& image) {
        EXPECT_TRUE(landing.ready()) << landing.describe();
        EXPECT_EQ(landing.record.application_runs, 1);
        EXPECT_EQ(landing.record.running.major, image.spec.version) << landing.describe();
        const std::string greeting = "example application, version " + std::to_string(image.spec.version) + ".0.0\r\n";
        EXPECT_NE(landing.said.find(greeting), std::string::npos) << landing.said;
        EXPECT_TRUE(device.primary_holds(image)) << landing.describe();
    }

    void expect_state(Phase phase, Outcome outcome, Reason reason, std::uint32_t floor) {
        const core::State state = device.state();
        EXPECT_EQ(core::name(state.phase), core::name(phase));
        EXPECT_EQ(core::name(state.outcome), core::name(outcome));
        EXPECT_EQ(core::name(state.reason), core::name(reason));
        EXPECT_EQ(state.counter_floor, floor);
        EXPECT_EQ(state.request, Request::none);
        // The application is told the same.
        const std::string status = device.ask("status");
        const std::string wanted = ", phase " + std::string(core::name(phase)) + ", last outcome " +
                                   std::string(core::name(outcome)) + ", reason " + std::string(core::name(reason)) +
                                   ",";
        EXPECT_NE(status.find(wanted), std::string::npos) << status;
    }

    void use_up_attempts(const Image& trial) {
        while (device.state().attempts != 0) expect_runs(device.start(), trial);
    }

    void TearDown() override { EXPECT_EQ(device.trouble(), ""); }

    Device device;
};

class EveryPlan : public Scenario, public testing::WithParamInterface<Plan> {
  protected:
    EveryPlan() : Scenario(GetParam()) {}
};

inline std::string plan_name(const testing::TestParamInfo<Plan>& info) {
    return info.param == Plan::offset ? "offset" : info.param == Plan::scratch ? "scratch" : "overwrite";
}

} // namespace outboot::scenario

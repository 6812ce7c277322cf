#include "explore/walk.hpp"

#include <chrono>
#include <random>

#include "explore/scene.hpp"

namespace outboot::explore {
namespace {

constexpr std::uint32_t steps_of_a_history = 400; // then a new device is begun

class Walker final : public Observer, public Chooser {
  public:
    Walker(const Geometry& geometry, std::uint64_t seed) : scene_(geometry, true), dice_(seed) {}

    Outcome run(const Limits& limits, const Report& report) {
        const auto start = std::chrono::steady_clock::now();
        Outcome outcome;
        while (!outcome.violation) {
            outcome.progress = progress_;
            outcome.progress.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            if (report) report(outcome.progress);
            if (outcome.progress.seconds > limits.seconds || outcome.progress.runs >= limits.states) break;
            std::vector<Step> history;
            const std::string wrong = one_history(history, steps_of_a_history, limits.states);
            if (!wrong.empty()) outcome.violation = Violation{wrong, std::move(history)};
        }
        return outcome;
    }

    void operate(Device& device, const Operation& operation) override {
        ++operation_;
        const bool here = operation_ == step_.operation;
        if (here && step_.cut == Cut::inside) {
            scene_.interrupt(device.world, operation);
        } else {
            complete(device.world, operation);
        }
        if (here) throw PowerCut{};
    }

    std::uint32_t choose(std::uint32_t count) override {
        const std::uint32_t choice = below(count);
        step_.choices.push_back(static_cast<std::uint8_t>(choice));
        return choice;
    }

    // Appends to `history`. What is wrong at its end, or empty.
    std::string one_history(std::vector<Step>& history, std::uint32_t steps, std::uint64_t most_runs) {
        Device device = scene_.factory();
        const std::uint32_t cut_within = 4U << below(8); // operations: some histories are cut much, others little
        for (std::uint32_t i = 0; i < steps && progress_.runs < most_runs; ++i) {
            const std::vector<Step> possible = scene_.possible(device);
            step_ = possible[below(static_cast<std::uint32_t>(possible.size()))];
            if (below(4) != 0) {
                step_.operation = static_cast<std::uint16_t>(1 + below(cut_within));
                step_.cut = below(2) == 0 ? Cut::inside : Cut::after;
            }
            operation_ = 0;
            ++progress_.runs;
            std::string wrong;
            try {
                scene_.play(device, step_, *this, *this);
                step_.cut = Cut::none; // it came to its end before
                step_.operation = 0;
            } catch (const PowerCut&) {
                ++progress_.edges;
                if (step_.actor == Actor::boot) device.model.boot_cut();
                device.running = false;
            } catch (const Wrong& what) {
                wrong = what.what();
            }
            history.push_back(step_);
            if (!wrong.empty()) return wrong;
        }
        return {};
    }

  private:
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(dice_() % bound); }

    Scene scene_;
    std::mt19937_64 dice_;
    Progress progress_;
    Step step_;
    std::uint32_t operation_ = 0;
};

} // namespace

Outcome walk(const Geometry& geometry, std::uint64_t seed, const Limits& limits, const Report& report) {
    return Walker(geometry, seed).run(limits, report);
}

std::vector<Step> random_history(const Geometry& geometry, std::uint64_t seed, std::uint32_t steps) {
    std::vector<Step> history;
    (void)Walker(geometry, seed).one_history(history, steps, ~std::uint64_t{0});
    return history;
}

} // namespace outboot::explore

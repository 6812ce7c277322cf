#include "explore/explorer.hpp"

#include <chrono>
#include <deque>

#include <fmt/format.h>

#include "explore/scene.hpp"
#include "explore/state_key.hpp"

namespace outboot::explore {
namespace {

using Clock = std::chrono::steady_clock;

class Search final : public Observer {
  public:
    Search(const Geometry& geometry, const Limits& limits, const std::function<void(const Progress&)>& report)
        : scene_(geometry), limits_(limits), report_(report), start_(Clock::now()) {}

    Outcome run() {
        nodes_.push_back({0, {}});
        found(scene_.factory(), 0, {});
        while (!pending_.empty() && !violation_ && within_limits()) {
            Pending from = std::move(pending_.front());
            pending_.pop_front();
            for (const Step& step : scene_.possible(from.device)) {
                take_all_paths(from, step);
                if (violation_) break;
            }
        }
        measure();
        return {.progress = progress_, .complete = pending_.empty() && !violation_, .violation = violation_};
    }

    // The supply may go after this operation and inside it.
    void operate(Device& device, const Operation& operation) override {
        ++operation_;
        if (!counts(operation)) return complete(device.world, operation);
        if (operation.chip != Chip::journal || scene_.geometry().whole_journal) {
            Device torn = device;
            tear(torn.world, operation);
            cut(std::move(torn), Cut::inside);
        }
        complete(device.world, operation);
        cut(device, Cut::after);
    }

  private:
    struct Node {
        std::uint32_t parent;
        Step step;
    };
    struct Pending {
        Device device;
        std::uint32_t node;
    };

    // Of a journal whose writes are taken as one step, only the last operation of each makes a difference: D, or
    // progress.
    [[nodiscard]] bool counts(const Operation& operation) const {
        if (operation.chip != Chip::journal || scene_.geometry().whole_journal) return true;
        const auto& layout = scene_.product().layout();
        const std::uint32_t banks = layout.journal_banks * layout.journal_bank_bytes;
        constexpr std::uint32_t d_at = 36; // FORMAT.md: S, then C, then D
        return !operation.is_erase && operation.at < banks && operation.at % layout.journal_bank_bytes >= d_at;
    }

    void take_all_paths(const Pending& from, const Step& step) {
        from_ = from.node;
        step_ = step;
        paths_ = Paths();
        do {
            Device device = from.device;
            paths_.begin();
            operation_ = 0;
            ++progress_.boots;
            try {
                if (step.actor == Actor::boot) cut(device, Cut::before);
                if (scene_.play(device, step, paths_, *this)) found(std::move(device), from_, here(Cut::none));
            } catch (const Wrong& wrong) {
                nodes_.push_back({from_, here(Cut::none)});
                violation_ = Violation{wrong.what(), history_of(static_cast<std::uint32_t>(nodes_.size() - 1))};
                return;
            }
        } while (paths_.next());
    }

    [[nodiscard]] Step here(Cut cut) const {
        Step step = step_;
        step.cut = cut;
        step.operation = cut == Cut::none ? std::uint16_t{0} : static_cast<std::uint16_t>(operation_);
        step.choices = paths_.taken();
        return step;
    }

    void cut(Device device, Cut moment) {
        if (step_.actor == Actor::boot) device.model.boot_cut();
        device.running = false;
        found(std::move(device), from_, here(moment));
    }

    void found(Device device, std::uint32_t from, const Step& step) {
        ++progress_.edges;
        Key key =
            state_key(scene_.product(), device.world, device.model, device.running, scene_.geometry().whole_journal);
        key.a += device.stagings;
        if (!visited_.insert(key).second) return;
        ++progress_.states;
        nodes_.push_back({from, step});
        pending_.push_back({std::move(device), static_cast<std::uint32_t>(nodes_.size() - 1)});
    }

    [[nodiscard]] std::vector<Step> history_of(std::uint32_t node) const {
        std::vector<Step> history;
        for (; node > 1; node = nodes_[node].parent) history.insert(history.begin(), nodes_[node].step);
        return history;
    }

    void measure() {
        progress_.waiting = pending_.size();
        progress_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    }

    bool within_limits() {
        if (++rounds_ % 256 == 0) {
            measure();
            if (report_) report_(progress_);
        }
        return progress_.states < limits_.states && progress_.seconds < limits_.seconds;
    }

    Scene scene_;
    Limits limits_;
    const std::function<void(const Progress&)>& report_;
    Clock::time_point start_;
    Progress progress_;
    std::uint64_t rounds_ = 0;
    std::deque<Pending> pending_;
    std::vector<Node> nodes_; // [0] isn't one, [1] is the factory
    std::unordered_set<Key, KeyHash> visited_;
    std::optional<Violation> violation_;

    // Where we are.
    std::uint32_t from_ = 0;
    Step step_;
    Paths paths_;
    std::uint32_t operation_ = 0;
};

const char* name(Chip chip) {
    return chip == Chip::code ? "code flash" : chip == Chip::external ? "external chip" : "journal";
}

// Does what one step of a history says.
class Replay final : public Observer {
  public:
    Replay(const Step& step, const std::function<void(const std::string&)>& tell) : step_(step), tell_(tell) {}

    void operate(Device& device, const Operation& operation) override {
        ++operation_;
        const bool here = operation_ == step_.operation;
        std::string line = fmt::format("  {:3} {} {} at {:#06x}", operation_, operation.is_erase ? "erase" : "program",
                                       name(operation.chip), operation.at);
        if (!operation.is_erase) line += fmt::format(", {} bytes", operation.data.size());
        if (here) line += step_.cut == Cut::inside ? "   <- the supply goes in it" : "   <- the supply goes after it";
        tell_(line);
        if (here && step_.cut == Cut::inside) {
            tear(device.world, operation);
        } else {
            complete(device.world, operation);
        }
        if (here) throw PowerCut{};
    }

  private:
    const Step& step_;
    const std::function<void(const std::string&)>& tell_;
    std::uint32_t operation_ = 0;
};

std::string headline(const Step& step) {
    switch (step.actor) {
    case Actor::boot:
        return "the device is switched on";
    case Actor::stage:
        return fmt::format("the application stages image {}", step.image);
    case Actor::request_test:
        return "the application requests a test";
    case Actor::request_permanent:
        return "the application requests a permanent installation";
    case Actor::confirm:
        return "the application confirms";
    case Actor::off:
        break;
    }
    return "the device is switched off";
}

} // namespace

Outcome explore(const Geometry& geometry, const Limits& limits, const std::function<void(const Progress&)>& report) {
    return Search(geometry, limits, report).run();
}

std::string replay(const Geometry& geometry, const std::vector<Step>& history,
                   const std::function<void(const std::string&)>& tell) {
    const Scene scene(geometry);
    Device device = scene.factory();
    for (const Step& step : history) {
        tell(headline(step) + (step.cut == Cut::before ? ", and off again at once" : ""));
        Paths choices(step.choices);
        Replay watch(step, tell);
        try {
            if (step.cut == Cut::before) throw PowerCut{};
            scene.play(device, step, choices, watch);
            if (step.actor == Actor::boot) tell(fmt::format("  image {} runs", scene.image_in_primary(device.world)));
        } catch (const PowerCut&) {
            if (step.actor == Actor::boot) device.model.boot_cut();
            device.running = false;
        } catch (const Wrong& wrong) {
            return wrong.what();
        }
    }
    return {};
}

} // namespace outboot::explore

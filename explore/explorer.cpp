#include "explore/explorer.hpp"

#include <fmt/format.h>

#include "explore/scene.hpp"
#include "explore/search.hpp"

namespace outboot::explore {
namespace {

class DeviceSearch final : public Observer {
  public:
    DeviceSearch(const Geometry& geometry, const Limits& limits, const Report& report)
        : scene_(geometry, geometry.whole_journal), search_(limits, report) {}

    Outcome run() {
        const Device factory = scene_.factory();
        return search_.run(key_of(factory), factory, [this](const Device& from) {
            for (const Step& step : scene_.possible(from)) {
                if (!search_.failed()) take_all_paths(from, step);
            }
        });
    }

    // The supply may go after this operation and inside it.
    void operate(Device& device, const Operation& operation) override {
        ++operation_;
        if (!counts(operation)) return complete(device.world, operation);
        if (operation.chip != Chip::journal || scene_.geometry().whole_journal) {
            Device torn = device;
            scene_.interrupt(torn.world, operation);
            cut(torn, Cut::inside);
        }
        complete(device.world, operation);
        cut(device, Cut::after);
    }

  private:
    // Of a journal whose writes are taken as one step, only the last operation of each makes a difference: D, or
    // progress.
    [[nodiscard]] bool counts(const Operation& operation) const {
        if (operation.chip != Chip::journal || scene_.geometry().whole_journal) return true;
        const auto& layout = scene_.product().layout();
        const std::uint32_t banks = layout.journal_banks * layout.journal_bank_bytes;
        constexpr std::uint32_t d_at = 36; // FORMAT.md: S, then C, then D
        return !operation.is_erase && operation.at < banks && operation.at % layout.journal_bank_bytes >= d_at;
    }

    void take_all_paths(const Device& from, const Step& step) {
        step_ = step;
        paths_ = Paths();
        do {
            Device device = from;
            paths_.begin();
            operation_ = 0;
            search_.count_run();
            try {
                if (step.actor == Actor::boot) cut(device, Cut::before);
                if (scene_.play(device, step, paths_, *this)) search_.found(key_of(device), device, here(Cut::none));
            } catch (const Wrong& wrong) {
                return search_.wrong(wrong.what(), here(Cut::none));
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

    void cut(const Device& at, Cut moment) {
        Device device = at;
        if (step_.actor == Actor::boot) device.model.boot_cut();
        device.running = false;
        search_.found(key_of(device), std::move(device), here(moment));
    }

    [[nodiscard]] Key key_of(const Device& device) const {
        Key key =
            state_key(scene_.product(), device.world, device.model, device.running, scene_.geometry().whole_journal);
        key.a += device.stagings;
        return key;
    }

    Scene scene_;
    Search<Device> search_;
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
    Replay(const Scene& scene, const Step& step, const Tell& tell, const OnOperation& on_operation)
        : scene_(scene), step_(step), tell_(tell), on_operation_(on_operation) {}

    void operate(Device& device, const Operation& operation) override {
        ++operation_;
        if (on_operation_) on_operation_(operation);
        const bool here = operation_ == step_.operation;
        std::string line = fmt::format("  {:3} {} {} at {:#06x}", operation_, operation.is_erase ? "erase" : "program",
                                       name(operation.chip), operation.at);
        if (!operation.is_erase) line += fmt::format(", {} bytes", operation.data.size());
        if (here) line += step_.cut == Cut::inside ? "   <- the supply goes in it" : "   <- the supply goes after it";
        tell_(line, !here);
        if (here && step_.cut == Cut::inside) {
            scene_.interrupt(device.world, operation);
        } else {
            complete(device.world, operation);
        }
        if (here) throw PowerCut{};
    }

  private:
    const Scene& scene_;
    const Step& step_;
    const Tell& tell_;
    const OnOperation& on_operation_;
    std::uint32_t operation_ = 0;
};

} // namespace

Outcome explore(const Geometry& geometry, const Limits& limits, const Report& report) {
    return DeviceSearch(geometry, limits, report).run();
}

std::string replay(const Geometry& geometry, const std::vector<Step>& history, const Tell& tell,
                   const AfterStep& after_step, const OnOperation& on_operation) {
    const Scene scene(geometry, true); // any history: one that was explored has no cuts in the journal's writes
    Device device = scene.factory();
    for (const Step& step : history) {
        tell(headline(step) + (step.cut == Cut::before ? ", and off again at once" : ""), false);
        Paths choices(step.choices);
        Replay watch(scene, step, tell, on_operation);
        try {
            if (step.cut == Cut::before) throw PowerCut{};
            scene.play(device, step, choices, watch);
            if (step.actor == Actor::boot)
                tell(fmt::format("  image {} runs", scene.image_in_primary(device.world)), false);
        } catch (const PowerCut&) {
            if (step.actor == Actor::boot) device.model.boot_cut();
            device.running = false;
        } catch (const Wrong& wrong) {
            return wrong.what();
        }
        if (after_step) after_step(scene, device);
    }
    return {};
}

} // namespace outboot::explore

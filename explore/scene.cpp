#include "explore/scene.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/boot.hpp"
#include "explore/application.hpp"
#include "explore/mix.hpp"

namespace outboot::explore {
namespace {

constexpr int most_resets = 20; // of one power session
constexpr int most_waits = 50;

void require(UpdateResult result, const char* what) {
    if (result != UpdateResult::ok) throw Wrong(fmt::format("{} failed: result {}", what, static_cast<int>(result)));
}

std::uint64_t word_at(Bytes bytes, std::size_t at) {
    std::uint64_t word;
    std::memcpy(&word, &bytes[at], sizeof word);
    return word;
}

} // namespace

// Passes on to chooser and observer, and looks at what is written outside.
class Scene::Watch final : public Environment {
  public:
    Watch(const Scene& scene, Device& device, Chooser& chooser, Observer& observer)
        : scene_(scene), device_(device), chooser_(chooser), observer_(observer) {}

    bool operate(World&, const Operation& operation) override {
        if (operation.chip == Chip::external) check_secrecy(operation);
        observer_.operate(device_, operation);
        return true;
    }

    void wait(const core::RamRecord& ram) override {
        if (++waits_ > most_waits) throw Waiting{ram.boot_reason};
    }

    std::uint32_t choose(std::uint32_t count) override { return chooser_.choose(count); }

  private:
    void check_secrecy(const Operation& operation) const {
        for (std::size_t i = 0; i + 8 <= operation.data.size(); i += 8) {
            if (scene_.secrets_.contains(word_at(operation.data, i))) {
                throw Wrong(fmt::format("plaintext is written outside at {:#x}", operation.at + i));
            }
        }
    }

    const Scene& scene_;
    Device& device_;
    Chooser& chooser_;
    Observer& observer_;
    int waits_ = 0;
};

Scene::Scene(const Geometry& geometry, bool whole_journal)
    : geometry_(geometry), whole_journal_(whole_journal), product_(geometry.layout) {
    for (const ImageSpec& spec : geometry_.images) {
        images_.push_back(product_.make_image(spec));
        backups_.push_back(product_.backup_of(images_.back()));
        const auto payload = Bytes(images_.back().plain).subspan(images_.back().facts.header_bytes, spec.payload_bytes);
        for (std::size_t i = 0; i + 8 <= payload.size(); ++i) secrets_.insert(word_at(payload, i));
    }
    may_follow_ = may_follow(geometry_.images);
}

Device Scene::factory() const {
    Device device{.world = World(product_), .model = Model(0, whole_journal_)};
    device.world.code.load(product_.layout().primary.base, images_.front().plain);
    if (geometry_.journal_damaged) {
        std::vector<std::uint8_t> rubbish(device.world.journal.size());
        std::uint64_t seed = 1;
        for (auto& byte : rubbish) byte = static_cast<std::uint8_t>((seed = mix(seed)) >> 8);
        device.world.journal.load(0, rubbish);
    }
    return device;
}

std::vector<Step> Scene::possible(const Device& device) const {
    if (!device.running) return {Step{.actor = Actor::boot}};
    std::vector<Step> steps{Step{.actor = Actor::off}};
    const bool may_stage = geometry_.updates == 0 || device.stagings < geometry_.updates;
    for (std::uint8_t i = 0; may_stage && i < images_.size(); ++i) {
        if (i != device.model.base() && (geometry_.updates == 0 || i != 0)) {
            steps.push_back({.actor = Actor::stage, .image = i});
        }
    }
    const bool tests = geometry_.layout.plan != core::Plan::overwrite;
    if (tests) steps.push_back({.actor = Actor::request_test});
    if (geometry_.permanent) steps.push_back({.actor = Actor::request_permanent});
    if (tests) steps.push_back({.actor = Actor::confirm});
    return steps;
}

bool Scene::play(Device& device, const Step& step, Chooser& chooser, Observer& observer) const {
    Watch watch(*this, device, chooser, observer);
    try {
        switch (step.actor) {
        case Actor::boot:
            return boot(device, watch);
        case Actor::off:
            device.running = false;
            return true;
        default:
            return act(device, step, watch);
        }
    } catch (const RuleBroken& broken) {
        throw Wrong(fmt::format("a rule of the chips is broken: {}", broken.what()));
    }
}

bool Scene::boot(Device& device, Watch& watch) const {
    HostBoard board(product_, device.world, watch);
    for (int resets = 0; resets < most_resets; ++resets) {
        try {
            core::Boot<Cryptography, HostBoard> boot(board);
            boot.run();
            throw Wrong("the bootloader came to an end");
        } catch (const Reset&) {
        } catch (const Waiting& waiting) {
            throw Wrong(fmt::format("the device waits for ever, reason {}", static_cast<int>(waiting.reason)));
        } catch (const Started&) {
            check_started(device, board.ram_record().state);
            device.running = true;
            return true;
        }
    }
    throw Wrong("the device resets itself for ever");
}

void Scene::check_started(Device& device, const core::State& state) const {
    const std::uint8_t image = image_in_primary(device.world);
    if (image == Model::nothing) throw Wrong("what runs isn't exactly one of the images");
    const bool on_trial = state.phase == core::Phase::on_trial;
    const std::string wrong = device.model.started(image, on_trial, may_follow_);
    if (!wrong.empty()) throw Wrong(wrong);
    const Image& confirmed = images_[device.model.base()];
    if (device.model.on_trial() && !backup_is_whole(device.world, confirmed)) {
        throw Wrong("an image is on trial without a whole backup of the confirmed one");
    }
    if (state.counter_floor > confirmed.spec.counter) throw Wrong("the counter is above that of the confirmed image");
}

bool Scene::act(Device& device, const Step& step, Watch& watch) const {
    HostBoard board(product_, device.world, watch);
    Model& model = device.model;
    bool touched = false;
    Application application(board, [&] {
        if (geometry_.updates != 0 && !touched) ++device.stagings;
        touched = true;
        model.withdrawal_done();
        model.staging_begins(step.image);
    });
    const UpdateStatus status = application.status();
    switch (step.actor) {
    case Actor::stage: {
        const Model before = model;
        model.withdrawal_begins();
        const UpdateResult result = application.stage(images_[step.image].staged);
        if (result == UpdateResult::not_confirmed) {
            model = before;
            return false;
        }
        require(result, "staging");
        model.staging_done(step.image);
        return true;
    }
    case Actor::request_test:
    case Actor::request_permanent: {
        // An application asks for what its library said is staged. A plan with a way back must cope with anything.
        const core::Slot& slot = product_.layout().secondary;
        const bool unsteady = device.world.external.any_torn(slot.base, slot.base + slot.size);
        if (geometry_.layout.plan == core::Plan::overwrite && unsteady) return false;
        if (status.request != core::Request::none || !model.has_staged()) return false;
        const auto kind = step.actor == Actor::request_test ? core::Request::test : core::Request::permanent;
        const Model before = model;
        model.request_begins(kind);
        const UpdateResult result = application.request(kind);
        if (result == UpdateResult::not_confirmed) {
            model = before;
            return false;
        }
        require(result, "a request");
        model.request_done(kind);
        return true;
    }
    case Actor::confirm:
        if (status.phase != core::Phase::on_trial || status.confirmed) return false;
        model.confirm_begins();
        require(application.confirm(), "a confirmation");
        model.confirm_done();
        return true;
    default:
        return false;
    }
}

// Torn by an erase, a closed bank has both S and C torn; a cut program leaves no C behind a torn S.
std::uint32_t Scene::unsteady_banks(const Flash& journal) const {
    const core::Layout& layout = product_.layout();
    constexpr std::uint32_t close_at = 32; // FORMAT.md: S, then C
    std::uint32_t count = 0;
    for (std::uint32_t b = 0; b < layout.journal_banks; ++b) {
        const std::uint32_t at = layout.journal.base + b * layout.journal_bank_bytes;
        const auto torn = [&](std::uint32_t unit) {
            return journal.units()[unit / journal.unit_bytes()] == Flash::Unit::torn;
        };
        count += torn(at) && torn(at + close_at) ? 1 : 0;
    }
    return count;
}

void Scene::interrupt(World& world, const Operation& operation) const {
    tear(world, operation);
    const bool too_many = unsteady_banks(world.journal) + 2 > product_.layout().journal_banks;
    if (operation.chip == Chip::journal && operation.is_erase && too_many) world.journal.kill(operation.at);
}

std::uint8_t Scene::image_in_primary(const World& world) const {
    const core::Slot& slot = product_.layout().primary;
    if (world.code.any_torn(slot.base, slot.base + slot.size)) return Model::nothing;
    const Bytes bytes = world.code.bytes().subspan(slot.base, slot.size);
    for (std::size_t i = 0; i < images_.size(); ++i) {
        const auto& plain = images_[i].plain;
        if (!std::equal(plain.begin(), plain.end(), bytes.begin())) continue;
        const auto rest = bytes.subspan(plain.size());
        const bool alone = std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == 0xff; });
        return alone ? static_cast<std::uint8_t>(i) : Model::nothing;
    }
    return Model::nothing;
}

bool Scene::backup_is_whole(const World& world, const Image& image) const {
    const auto& backup = backups_[static_cast<std::size_t>(&image - images_.data())];
    const std::uint32_t base = core::backup_base(product_.layout());
    const auto size = static_cast<std::uint32_t>(backup.size());
    return !world.external.any_torn(base, base + size) &&
           std::equal(backup.begin(), backup.end(), world.external.bytes().begin() + base);
}

} // namespace outboot::explore

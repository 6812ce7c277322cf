#include "rig/replay.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "core/plan.hpp"
#include "explore/model.hpp"
#include "rig/xmodem.hpp"
#include "tool/primitives.hpp"

namespace outboot::rig {
namespace {

using explore::Actor;
using explore::Chip;
using explore::Cut;
using explore::CutPoint;
using explore::Geometry;
using explore::Step;

// What is wrong with the device.
struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};

board::Device device_of(Chip chip) {
    return chip == Chip::code       ? board::Device::code_flash
           : chip == Chip::external ? board::Device::external
                                    : board::Device::data_flash;
}

// The place of a cut on the real device.
class Target {
  public:
    Target(const CutPoint& point, const Geometry& geometry, const core::Layout& layout)
        : point_(point), at_(translate(point, geometry.layout, layout)), earlier_(point.earlier) {}

    // Is this the operation that is cut? To be asked once for each.
    bool is(const board::Operation& operation) {
        const auto kind = point_.is_erase ? board::Kind::erase : board::Kind::program;
        const bool touches = operation.device == device_of(point_.chip) && operation.kind == kind &&
                             at_ >= operation.offset && at_ - operation.offset < operation.bytes;
        return touches && earlier_-- == 0;
    }

    [[nodiscard]] board::Moment moment() const {
        return point_.cut == Cut::after ? board::Moment::after : board::Moment::inside;
    }

  private:
    static std::uint32_t translate(const CutPoint& point, const core::Layout& from, const core::Layout& to) {
        const std::uint32_t scale = to.chunk_bytes / from.chunk_bytes;
        if (point.chip == Chip::journal) return to.journal.base + (point.at - from.journal.base);
        const auto scaled = [&](std::uint32_t from_base, std::uint32_t to_base) {
            // Images are some bytes short of their size times the scale: not quite the last byte.
            const std::uint32_t short_of = point.cut == Cut::after && !point.is_erase ? scale : 0;
            return to_base + (point.at - from_base) * scale - short_of;
        };
        if (point.chip == Chip::code) return scaled(from.primary.base, to.primary.base);
        const bool in_scratch = to.plan == core::Plan::scratch && point.at >= from.hole.base;
        return in_scratch ? scaled(from.hole.base, to.hole.base) : scaled(from.secondary.base, to.secondary.base);
    }

    CutPoint point_;
    std::uint32_t at_;
    std::uint32_t earlier_;
};

class Replay {
  public:
    Replay(const Product& product, const Geometry& geometry, std::uint64_t seed, const explore::Tell& tell)
        : geometry_(geometry), device_(product, {.seed = seed}), tell_(tell),
          may_follow_(explore::may_follow(geometry.images)), model_(0, true) {
        const std::uint32_t scale = scale_of(geometry, product.layout.core);
        for (const auto& spec : geometry.images) images_.push_back(make(spec, scale));
        device_.provision(images_.front());
        erase_journal();
    }

    Replayed run(const std::vector<Step>& history) {
        const auto points = explore::cut_points(geometry_, history);
        try {
            for (std::size_t i = 0; i < history.size(); ++i) take(history[i], points[i]);
        } catch (const Wrong& wrong) {
            replayed_.wrong = wrong.what();
        }
        device_.board.operations().on_operation = nullptr;
        return replayed_;
    }

  private:
    // The explorer's devices begin with an erased journal; only from there do operations count the same.
    void erase_journal() {
        auto contents = device_.board.contents();
        const core::Slot& journal = device_.product.layout.core.journal;
        for (std::uint32_t at = 0; at < journal.size; at += contents.data_flash.block_bytes())
            contents.data_flash.erase(journal.base + at);
        device_.board.set_contents(contents);
    }

    Image make(const explore::ImageSpec& spec, std::uint32_t scale) {
        const std::uint32_t bytes = spec.payload_bytes + explore::Product::overhead_bytes(spec.encrypted);
        Image image = device_.make(
            {.version = spec.version, .bytes = bytes * scale, .counter = spec.counter, .encrypted = spec.encrypted});
        if (spec.rubbish) image.staged[image.staged.size() / 2] ^= 1;
        return image;
    }

    void take(const Step& step, const std::optional<CutPoint>& point) {
        target_.reset();
        if (point) target_.emplace(*point, geometry_, device_.product.layout.core);
        slot_opens_ = nullptr;
        device_.board.operations().on_operation = [this](const board::Operation& operation) { watch(operation); };
        const unsigned cuts = replayed_.cuts;
        const std::string headline = explore::headline(step);
        if (step.cut == Cut::before) {
            tell_(headline + ", and off again at once", false);
            return lose_power(step);
        }
        tell_(headline, false);
        play(step);
        const bool was_cut = replayed_.cuts != cuts;
        if (point && !was_cut) {
            ++replayed_.missed;
            tell_("  the operation to be cut isn't come to", false);
        }
        if (const auto trouble = device_.trouble(); !trouble.empty()) throw Wrong(trouble);
    }

    void watch(const board::Operation& operation) {
        if (operation.device == board::Device::external && slot_opens_) {
            slot_opens_();
            slot_opens_ = nullptr;
        }
        if (!target_ || !target_->is(operation)) return;
        auto& operations = device_.board.operations();
        operations.cut_at(operations.total(), target_->moment());
        ++replayed_.cuts;
        tell_(fmt::format("  {} {} at {:#x}, {} bytes   <- the supply goes {} it",
                          operation.kind == board::Kind::erase ? "erase" : "program", board::name(operation.device),
                          operation.offset, operation.bytes,
                          target_->moment() == board::Moment::after ? "after" : "in"),
              false);
        target_.reset();
    }

    void play(const Step& step) {
        switch (step.actor) {
        case Actor::boot:
            return boot(step);
        case Actor::off:
            return lose_power(step);
        case Actor::stage:
            return stage(step);
        case Actor::confirm:
            return confirm(step);
        default:
            return request(step);
        }
    }

    void lose_power(const Step& step) {
        if (step.actor == Actor::boot) model_.boot_cut();
        device_.board.power_off();
        running_ = false;
    }

    void boot(const Step& step) {
        ++replayed_.boots;
        const Landing landing = device_.start();
        if (landing.run.stop == board::Stop::power_cut) return lose_power(step);
        if (!landing.ready()) throw Wrong("nothing runs: " + landing.describe());
        running_ = true;
        std::uint8_t image = 0;
        while (image < images_.size() && !device_.primary_holds(images_[image])) ++image;
        if (image == images_.size()) throw Wrong("what runs isn't exactly one of the images: " + landing.describe());
        tell_(fmt::format("  image {} runs", image), false);
        const core::State& state = landing.record.state;
        const std::string wrong = model_.started(image, state.phase == Phase::on_trial, may_follow_);
        if (!wrong.empty()) throw Wrong(wrong);
        const Image& confirmed = images_[model_.base()];
        if (model_.on_trial() && !backup_is_whole(confirmed))
            throw Wrong("an image is on trial without a whole backup of the confirmed one");
        if (state.counter_floor > confirmed.spec.counter)
            throw Wrong("the counter is above that of the confirmed image");
    }

    [[nodiscard]] bool backup_is_whole(const Image& image) const {
        tool::ByteVector backup = image.clear;
        const auto payload = tool::aes_ctr(image.way_out_key, image.payload());
        std::ranges::copy(payload, backup.begin() + (image.payload().data() - image.clear.data()));
        const auto there = device_.board.external().array().bytes().subspan(device_.backup_base(), backup.size());
        return std::ranges::equal(backup, there);
    }

    // A line to the application, and its answer; nothing if the supply went.
    std::optional<std::string> ask(const Step& step, const std::string& command, const char* end = "\n") {
        const std::size_t before = device_.board.uart().size();
        device_.board.send(command + "\n");
        return answer(step, device_.board.run({.uart_text = end, .time = Device::patience}), before);
    }

    std::optional<std::string> answer(const Step& step, const board::RunResult& run, std::size_t from) {
        if (run.stop == board::Stop::power_cut) return lose_power(step), std::nullopt;
        const std::string text = device_.board.uart().substr(from);
        if (run.stop != board::Stop::uart_text)
            throw Wrong("the application is silent: " + run.detail + "; last it said: " + text);
        tell_("  the application says: " + text.substr(0, text.find('\r')), true);
        return text;
    }

    void stage(const Step& step) {
        if (!running_) return;
        const explore::Model before = model_;
        model_.withdrawal_begins();
        slot_opens_ = [this, &step] {
            staged_ = false;
            model_.withdrawal_done();
            model_.staging_begins(step.image);
        };
        const auto& bytes = images_.at(step.image).staged;
        const auto begun = ask(step, fmt::format("receive {}", bytes.size()));
        if (!begun) return;
        if (begun->starts_with("receive: not confirmed")) {
            model_ = before;
            return;
        }
        if (!begun->starts_with("receive: send with XMODEM")) throw Wrong("staging failed: " + *begun);
        const std::size_t from = device_.board.uart().size();
        board::RunResult run = send_xmodem(device_.board, bytes);
        if (run.stop == board::Stop::uart_text) run = device_.board.run({.uart_text = "\n", .time = Device::patience});
        const auto end = answer(step, run, from);
        if (!end) return;
        if (!end->ends_with("receive: ok\r\n")) throw Wrong("staging failed: " + *end);
        model_.staging_done(step.image);
        staged_ = true;
    }

    // An application asks for what its library said is staged. A plan with a way back must cope with anything.
    void request(const Step& step) {
        const bool possible = geometry_.layout.plan == Plan::overwrite ? staged_ : model_.has_staged();
        if (!running_ || !possible || model_.request_pending()) return;
        const auto kind = step.actor == Actor::request_test ? core::Request::test : core::Request::permanent;
        const explore::Model before = model_;
        model_.request_begins(kind);
        const std::string command = fmt::format("request {}", core::name(kind));
        const auto said = ask(step, command);
        if (!said) return;
        if (said->starts_with(command + ": not confirmed")) {
            model_ = before;
            return;
        }
        if (!said->starts_with(command + ": ok")) throw Wrong("a request failed: " + *said);
        model_.request_done(kind);
    }

    void confirm(const Step& step) {
        if (!running_) return;
        const auto status = ask(step, "status");
        if (!status) return;
        if (status->find("phase on_trial") == std::string::npos || status->find(", confirmed") != std::string::npos)
            return;
        model_.confirm_begins();
        const auto said = ask(step, "confirm");
        if (!said) return;
        if (!said->starts_with("confirm: ok")) throw Wrong("a confirmation failed: " + *said);
        model_.confirm_done();
    }

    const Geometry& geometry_;
    Device device_;
    const explore::Tell& tell_;
    std::vector<std::uint8_t> may_follow_;
    explore::Model model_;
    std::vector<Image> images_;
    std::optional<Target> target_;
    std::function<void()> slot_opens_; // before the first operation on the external chip
    bool running_ = false;
    bool staged_ = false; // whole, as far as the application knows
    Replayed replayed_;
};

} // namespace

std::uint32_t scale_of(const Geometry& geometry, const core::Layout& layout) {
    const core::Layout& small = geometry.layout;
    const std::uint32_t scale = layout.chunk_bytes / small.chunk_bytes;
    const auto want = [&](bool same, const char* what) {
        if (!same)
            throw std::invalid_argument(
                fmt::format("geometry {} isn't shaped like this layout: {}", geometry.name, what));
    };
    want(small.plan == layout.plan, "another plan");
    want(small.plan == Plan::overwrite || small.hole.size * scale == layout.hole.size,
         "a hole or scratch area of another size");
    want(small.external_erase_block * scale == layout.external_erase_block, "other erase blocks in the external chip");
    want(small.journal_bank_bytes == layout.journal_bank_bytes && small.journal_banks == layout.journal_banks &&
             small.journal_record_bytes == layout.journal_record_bytes,
         "another journal");
    const std::uint32_t chunks = core::chunks_below(small, small.primary.size);
    const std::uint32_t all = core::chunks_below(layout, layout.primary.size);
    for (std::uint32_t n = 1; n <= chunks; ++n) { // from the bottom
        const bool there = n <= all;
        const core::Chunk ours = core::chunk_from_top(small, small.primary.size, chunks - n);
        const core::Chunk theirs = there ? core::chunk_from_top(layout, layout.primary.size, all - n) : core::Chunk{};
        want(ours.offset * scale == theirs.offset && ours.size * scale == theirs.size, "other chunks");
    }
    return scale;
}

Replayed replay(const Product& product, const Geometry& geometry, const std::vector<Step>& history, std::uint64_t seed,
                const explore::Tell& tell) {
    return Replay(product, geometry, seed, tell).run(history);
}

} // namespace outboot::rig

#include "explore/journal_explorer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/journal.hpp"
#include "explore/model_crypto.hpp"
#include "explore/scene.hpp"
#include "explore/search.hpp"

namespace outboot::explore {
namespace {

constexpr std::uint32_t state_bytes = 32; // S, without what fills its last unit

// What a state stands for. Of two, the one with the larger write is newer.
struct Value {
    std::uint32_t write = 0;
    std::uint32_t move = 0;
    auto operator<=>(const Value&) const = default;
};

Value value_of(const core::State& state) {
    return {state.counter_floor, state.move};
}

std::string to_text(const Value& value) {
    return fmt::format("{}+{}", value.write, value.move);
}

struct JournalState {
    Flash flash;
    Value begun{};          // acted on
    Value tried{};          // the newest that was begun to be written
    std::uint32_t cuts = 0; // in a row, where they are counted
};

// C stands in the unit behind S.
std::uint32_t close_at(const JournalGeometry& geometry) {
    return (state_bytes + geometry.unit_bytes - 1) / geometry.unit_bytes * geometry.unit_bytes;
}

core::Layout layout_of(const JournalGeometry& geometry) {
    core::Layout layout;
    layout.journal_program_unit = geometry.unit_bytes;
    layout.journal_banks = geometry.banks;
    layout.journal_bank_bytes = close_at(geometry) + (2 + geometry.progress_units) * geometry.unit_bytes;
    const std::uint32_t record_blocks =
        (std::uint32_t{sizeof(core::BeginRecord)} + layout.journal_bank_bytes - 1) / layout.journal_bank_bytes;
    layout.journal_record_bytes = geometry.records ? record_blocks * layout.journal_bank_bytes : 0;
    layout.journal.size = geometry.banks * layout.journal_bank_bytes + 2 * layout.journal_record_bytes;
    return layout;
}

// Sees each operation before it is done, and does it.
class JournalObserver {
  public:
    virtual void operate(JournalState& state, bool is_erase, std::uint32_t at, Bytes data) = 0;

  protected:
    ~JournalObserver() = default;
};

class Chip {
  public:
    Chip(const core::Layout& layout, JournalState& state, Chooser& chooser, JournalObserver& observer)
        : layout_(layout), state_(state), chooser_(chooser), observer_(observer) {}

    [[nodiscard]] const core::Layout& layout() const { return layout_; }
    bool read(std::uint32_t at, MutableBytes out) {
        state_.flash.read(at, out, chooser_);
        return true;
    }
    bool erase(std::uint32_t at, std::uint32_t bytes) {
        for (std::uint32_t block = at; block < at + bytes; block += layout_.journal_bank_bytes) {
            observer_.operate(state_, true, block, {});
        }
        return true;
    }
    bool program(std::uint32_t at, Bytes bytes) {
        observer_.operate(state_, false, at, bytes);
        return true;
    }
    void before_erase(std::uint32_t) {}

  private:
    const core::Layout& layout_;
    JournalState& state_;
    Chooser& chooser_;
    JournalObserver& observer_;
};

using Journal = core::Journal<ModelHash, Chip>;

class JournalScene {
  public:
    explicit JournalScene(const JournalGeometry& geometry) : geometry_(geometry), layout_(layout_of(geometry)) {}

    [[nodiscard]] const JournalGeometry& geometry() const { return geometry_; }

    // A journal whose first state was written without trouble.
    [[nodiscard]] JournalState factory() {
        const core::BlockRun blocks{layout_.journal.size / layout_.journal_bank_bytes, layout_.journal_bank_bytes};
        const Flash::Kind kind{.unit_bytes = geometry_.unit_bytes,
                               .whole_units = false, // the driver fills a unit
                               .erased_reads_noise = geometry_.erased_reads_noise};
        JournalState state{.flash = Flash(kind, {&blocks, 1})};
        Paths steady;
        struct : JournalObserver {
            void operate(JournalState& at, bool is_erase, std::uint32_t offset, Bytes data) override {
                is_erase ? at.flash.erase(offset) : at.flash.program(offset, data);
            }
        } quiet;
        Chip chip(layout_, state, steady, quiet);
        Journal journal(chip);
        (void)journal.load();
        if (!journal.write({})) throw Wrong("a fresh journal can't be written");
        return state;
    }

    void play(JournalState& state, const Step& step, Chooser& chooser, JournalObserver& observer) {
        Chip chip(layout_, state, chooser, observer);
        Journal journal(chip);
        if (!journal.load()) throw Wrong("the journal is lost");
        const Value folded = value_of(journal.state());
        if (folded < state.begun) {
            throw Wrong(fmt::format("{} is read, and {} was acted on", to_text(folded), to_text(state.begun)));
        }
        if (folded > state.tried) {
            throw Wrong(fmt::format("{} is read, and {} is the newest written", to_text(folded), to_text(state.tried)));
        }
        check_record(journal);
        if (step.actor != Actor::boot) return write_next(journal, state);
        if (!journal.settled()) require(journal.write(journal.state()));
        state.begun = folded;
        for (std::uint32_t i = 0; i <= geometry_.progress_units; ++i) {
            const Value next{folded.write, folded.move + i + 1};
            state.tried = std::max(state.tried, next);
            if (!journal.advance()) {
                core::State fresh = journal.state();
                ++fresh.move;
                require(journal.write(fresh));
            }
            state.begun = next;
        }
    }

    // Two states that differ only in the names of generations and writes, or in how old what is too old anyhow is, are
    // one.
    [[nodiscard]] Key key_of(const JournalState& state) const {
        Mixer mixer;
        const Names names(*this, state);
        mixer.add(names.of(state.begun.write) << 8 | names.of(state.tried.write));
        mixer.add(state.tried.write == state.begun.write ? state.tried.move - state.begun.move : 99);
        const std::uint32_t bank_bytes = layout_.journal_bank_bytes;
        const Flash& flash = state.flash;
        const auto generation = [&](std::uint32_t bank) { return format::get32(&flash.bytes()[bank_at(bank)]); };
        for (std::uint32_t b = 0; b < geometry_.banks; ++b) {
            std::uint64_t rank = 0;
            if (holds_state(bank_at(b), flash)) {
                rank = 1;
                for (std::uint32_t other = 0; other < geometry_.banks; ++other) {
                    rank += holds_state(bank_at(other), flash) && generation(other) < generation(b) ? 1 : 0;
                }
            }
            mixer.add(rank);
            std::uint64_t units = 0;
            for (std::uint32_t at = b * bank_bytes; at < (b + 1) * bank_bytes; at += geometry_.unit_bytes) {
                units = units * 4 + static_cast<std::uint64_t>(flash.units()[at / geometry_.unit_bytes]);
            }
            mixer.add(units);
            if (rank == 0) continue;
            const core::State held = state_in(flash, bank_at(b));
            mixer.add(names.of(held.counter_floor));
            mixer.add(held.record);
            // Of what was acted on, how far behind; of what wasn't yet, how far.
            const std::uint32_t from = held.counter_floor == state.begun.write ? state.begun.move : 0;
            const int ahead = static_cast<int>(held.move) - static_cast<int>(from);
            mixer.add(
                static_cast<std::uint64_t>(std::max(ahead, -1 - static_cast<int>(geometry_.progress_units)) + 64));
        }
        for (std::uint8_t index = 1; geometry_.records && index <= 2; ++index) add_record(mixer, names, flash, index);
        mixer.add(state.cuts);
        return mixer.key();
    }

    // Banks whose erase was cut and that may still read valid: a torn C shows it, together with a torn S.
    [[nodiscard]] std::uint32_t unsteady_banks(const Flash& flash) const {
        std::uint32_t count = 0;
        for (std::uint32_t b = 0; b < geometry_.banks; ++b) {
            const std::uint32_t at = bank_at(b);
            count += holds_state(at, flash) && unit(flash, at) == Flash::Unit::torn &&
                             unit(flash, at + close_at(geometry_)) == Flash::Unit::torn
                         ? 1
                         : 0;
        }
        return count;
    }

    // May the erase of this block be cut so that it is unsteady ever after?
    [[nodiscard]] bool may_be_unsteady(const Flash& flash, std::uint32_t at) const {
        if (!geometry_.assumption || at >= geometry_.banks * layout_.journal_bank_bytes) return true;
        Flash torn = flash;
        torn.tear_erase(at);
        return unsteady_banks(torn) + 2 <= geometry_.banks;
    }

    [[nodiscard]] const core::Layout& layout() const { return layout_; }

  private:
    // Writes by the order of their numbers; all that is older than what was acted on is one.
    class Names {
      public:
        Names(const JournalScene& scene, const JournalState& state) : begun_(state.begun.write) {
            known_ = {state.begun.write, state.tried.write};
            for (std::uint32_t b = 0; b < scene.geometry_.banks; ++b) {
                if (holds_state(scene.bank_at(b), state.flash))
                    known_.push_back(state_in(state.flash, scene.bank_at(b)).counter_floor);
            }
            std::ranges::sort(known_);
            known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
        }
        [[nodiscard]] std::uint64_t of(std::uint32_t write) const {
            if (write < begun_) return 0;
            return static_cast<std::uint64_t>(std::ranges::lower_bound(known_, write) -
                                              std::ranges::lower_bound(known_, begun_)) +
                   1;
        }

      private:
        std::uint32_t begun_;
        std::vector<std::uint32_t> known_;
    };

    static void require(bool written) {
        if (!written) throw Wrong("the journal can't be written");
    }
    static Flash::Unit unit(const Flash& flash, std::uint32_t at) { return flash.units()[at / flash.unit_bytes()]; }
    [[nodiscard]] std::uint32_t bank_at(std::uint32_t bank) const { return bank * layout_.journal_bank_bytes; }
    static bool holds_state(std::uint32_t at, const Flash& flash) {
        constexpr std::uint32_t erased = 0xffffffff; // a torn unit that held nothing
        const bool holds = unit(flash, at) == Flash::Unit::programmed || unit(flash, at) == Flash::Unit::torn;
        return holds && format::get32(&flash.bytes()[at]) != erased;
    }
    static core::State state_in(const Flash& flash, std::uint32_t at) {
        core::State state;
        std::memcpy(&state, &flash.bytes()[at + 4], sizeof state);
        return state;
    }

    // A record says which write it came with.
    void check_record(Journal& journal) const {
        if (!geometry_.records || journal.state().record == 0) return;
        core::BeginRecord record;
        if (!journal.read_record(journal.state(), record)) throw Wrong("the begin-record can't be read");
        if (record.incoming.total_bytes != journal.state().counter_floor)
            throw Wrong("it is the begin-record of another state");
    }

    void write_next(Journal& journal, JournalState& state) const {
        core::State next = journal.state();
        next.counter_floor = state.tried.write + 1;
        next.move = 0;
        if (geometry_.records) {
            core::BeginRecord record{};
            record.magic = core::BeginRecord::expected_magic;
            record.incoming.total_bytes = next.counter_floor;
            if (!journal.write_record(record, next)) { // the rule: a write of this session comes first
                require(journal.write(journal.state()));
                require(journal.write_record(record, next));
            }
        }
        state.tried = value_of(next);
        require(journal.write(next));
        state.begun = value_of(next);
    }

    // Whose record it is, and which of its units are unsteady: whether it can be read, and whether it is referred to.
    void add_record(Mixer& mixer, const Names& names, const Flash& flash, std::uint8_t index) const {
        const std::uint32_t from = bank_at(geometry_.banks) + (index - 1U) * layout_.journal_record_bytes;
        std::uint64_t states = 0;
        for (std::uint32_t at = from; at < from + layout_.journal_record_bytes; at += geometry_.unit_bytes) {
            states = mix(states + static_cast<std::uint64_t>(unit(flash, at)) + 1);
        }
        mixer.add(states);
        core::BeginRecord record;
        std::memcpy(&record, &flash.bytes()[from], sizeof record);
        mixer.add(unit(flash, from) == Flash::Unit::erased ? 0 : names.of(record.incoming.total_bytes) + 1);
    }

    JournalGeometry geometry_;
    core::Layout layout_;
};

class JournalSearch final : public JournalObserver {
  public:
    JournalSearch(const JournalGeometry& geometry, const Limits& limits, const Report& report)
        : scene_(geometry), search_(limits, report) {}

    Outcome run() {
        const JournalState factory = scene_.factory();
        return search_.run(scene_.key_of(factory), factory, [this](const JournalState& from) {
            for (const Actor actor : {Actor::boot, Actor::request_test}) {
                if (!search_.failed()) take_all_paths(from, {.actor = actor});
            }
        });
    }

    void operate(JournalState& state, bool is_erase, std::uint32_t at, Bytes data) override {
        ++operation_;
        if (is_erase) {
            if (scene_.may_be_unsteady(state.flash, at)) cut(state, Cut::inside, [at](Flash& f) { f.tear_erase(at); });
            cut(state, Cut::dead, [at](Flash& f) { f.kill(at); });
            state.flash.erase(at);
        } else {
            cut(state, Cut::inside, [at, data](Flash& f) { f.tear_program(at, data); });
            state.flash.program(at, data);
        }
        cut(state, Cut::after, [](Flash&) {});
    }

  private:
    void take_all_paths(const JournalState& from, const Step& step) {
        step_ = step;
        paths_ = Paths();
        do {
            JournalState state = from;
            paths_.begin();
            operation_ = 0;
            search_.count_run();
            try {
                scene_.play(state, step, paths_, *this);
                state.cuts = 0;
                search_.found(scene_.key_of(state), state, here(Cut::none));
            } catch (const Wrong& wrong) {
                return search_.wrong(wrong.what(), here(Cut::none));
            }
        } while (paths_.next());
    }

    template <class Tear>
    void cut(const JournalState& at, Cut moment, Tear tear) {
        const std::uint32_t most = scene_.geometry().cuts_in_a_row;
        if (most != 0 && at.cuts == most) return;
        JournalState state = at;
        tear(state.flash);
        if (most != 0) ++state.cuts;
        search_.found(scene_.key_of(state), std::move(state), here(moment));
    }

    [[nodiscard]] Step here(Cut cut) const {
        Step step = step_;
        step.cut = cut;
        step.operation = cut == Cut::none ? std::uint16_t{0} : static_cast<std::uint16_t>(operation_);
        step.choices = paths_.taken();
        return step;
    }

    JournalScene scene_;
    Search<JournalState> search_;
    Step step_;
    Paths paths_;
    std::uint32_t operation_ = 0;
};

class JournalReplay final : public JournalObserver {
  public:
    JournalReplay(const JournalScene& scene, const Step& step, const Tell& tell)
        : scene_(scene), step_(step), tell_(tell) {}

    void operate(JournalState& state, bool is_erase, std::uint32_t at, Bytes data) override {
        ++operation_;
        const bool here = step_.cut != Cut::none && operation_ == step_.operation;
        tell_(fmt::format("  {:3} {}{}", operation_, what(is_erase, at), here ? how() : ""), !here);
        if (here && step_.cut == Cut::inside) {
            is_erase ? state.flash.tear_erase(at) : state.flash.tear_program(at, data);
        } else if (here && step_.cut == Cut::dead) {
            state.flash.kill(at);
        } else {
            is_erase ? state.flash.erase(at) : state.flash.program(at, data);
        }
        if (here) throw PowerCut{};
    }

  private:
    [[nodiscard]] std::string what(bool is_erase, std::uint32_t at) const {
        const std::uint32_t bank_bytes = scene_.layout().journal_bank_bytes;
        const std::uint32_t bank = at / bank_bytes;
        if (bank >= scene_.geometry().banks) return is_erase ? "erase a record's block" : "write a record";
        if (is_erase) return fmt::format("erase bank {}", bank);
        const std::uint32_t unit = at % bank_bytes;
        if (unit == 0) return fmt::format("write S of bank {}", bank);
        const std::uint32_t mark = (unit - close_at(scene_.geometry())) / scene_.geometry().unit_bytes;
        return mark < 2 ? fmt::format("write {} of bank {}", mark == 0 ? 'C' : 'D', bank)
                        : fmt::format("write progress {} of bank {}", mark - 1, bank);
    }

    [[nodiscard]] const char* how() const {
        switch (step_.cut) {
        case Cut::inside:
            return "   <- the supply goes in it: reads so and so from now on";
        case Cut::dead:
            return "   <- the supply goes in it: reads as noise from now on";
        default:
            return "   <- the supply goes after it";
        }
    }

    const JournalScene& scene_;
    const Step& step_;
    const Tell& tell_;
    std::uint32_t operation_ = 0;
};

} // namespace

std::vector<JournalGeometry> all_journal_geometries() {
    std::vector<JournalGeometry> all;
    for (std::uint32_t banks = 2; banks <= 6; ++banks) {
        all.push_back({.name = fmt::format("journal-{}", banks),
                       .about = fmt::format("the journal alone, {} banks, under the stated assumption", banks),
                       .banks = banks,
                       .size = banks <= 3 ? Size::quick : Size::long_run});
    }
    for (std::uint32_t banks = 2; banks <= 3; ++banks) {
        all.push_back({.name = fmt::format("journal-{}-records", banks),
                       .about = fmt::format("the journal alone, {} banks, with begin-records", banks),
                       .banks = banks,
                       .progress_units = 1,
                       .records = true,
                       .size = banks == 2 ? Size::minutes : Size::long_run});
    }
    for (std::uint32_t cuts = 3; cuts <= 5; ++cuts) {
        all.push_back(
            {.name = fmt::format("journal-6-cuts-{}", cuts),
             .about = fmt::format("the journal alone, 6 banks, at most {} cuts in a row, any banks unsteady", cuts),
             .banks = 6,
             .assumption = false,
             .cuts_in_a_row = cuts,
             .size = cuts == 3   ? Size::quick
                     : cuts == 4 ? Size::minutes
                                 : Size::long_run});
    }
    struct {
        const char* name;
        const char* about;
        std::uint32_t unit_bytes;
    } const chips[] = {{"nor", "in NOR flash", 4}, {"plain", "in plain flash with units of 16 bytes", 16}};
    for (const auto& chip : chips) {
        for (std::uint32_t banks = 2; banks <= 3; ++banks) {
            all.push_back({.name = fmt::format("journal-{}-{}", banks, chip.name),
                           .about = fmt::format("the journal alone {}, {} banks", chip.about, banks),
                           .banks = banks,
                           .progress_units = chip.unit_bytes == 4 ? 2U : 1U,
                           .unit_bytes = chip.unit_bytes,
                           .erased_reads_noise = false});
        }
    }
    for (std::uint32_t banks = 3; banks <= 4; ++banks) {
        all.push_back({.name = fmt::format("journal-{}-unlimited", banks),
                       .about = fmt::format("{} banks, any number of them unsteady: how it fails", banks),
                       .banks = banks,
                       .assumption = false,
                       .size = Size::story});
    }
    return all;
}

Outcome explore(const JournalGeometry& geometry, const Limits& limits, const Report& report) {
    return JournalSearch(geometry, limits, report).run();
}

std::string replay(const JournalGeometry& geometry, const std::vector<Step>& history, const Tell& tell) {
    JournalScene scene(geometry);
    JournalState state = scene.factory();
    for (const Step& step : history) {
        tell(step.actor == Actor::boot ? "the bootloader begins" : "a new state is written", false);
        Paths choices(step.choices);
        JournalReplay watch(scene, step, tell);
        try {
            scene.play(state, step, choices, watch);
        } catch (const PowerCut&) {
        } catch (const Wrong& wrong) {
            return wrong.what();
        }
        tell(fmt::format("  acted on {}, newest written {}", to_text(state.begun), to_text(state.tried)), false);
    }
    return {};
}

} // namespace outboot::explore

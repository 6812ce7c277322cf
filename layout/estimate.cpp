#include "layout/estimate.hpp"

#include <algorithm>
#include <map>

#include "layout/geometry.hpp"
#include "layout/journal_shape.hpp"

namespace outboot::layouts {
namespace {

// Journal writes of one update besides those its moves cause: request, three looks at the staged image at most,
// acceptance with its record, trial, three boots of it, the way back and its end.
constexpr std::uint32_t writes_besides_moves = 12;

class Counter {
  public:
    explicit Counter(const Model& model) : model_(model) {}

    // Erases and programs of one move, as the bootloader does them.
    void move(const core::Move& move, WorkTime& time) {
        if (move.to == core::Area::primary) {
            erase_primary(move.target, move.erase_length, time);
            const std::uint32_t unit = model_.mcu->code_flash.program_unit;
            time.code_flash_us += std::uint64_t{(move.length + unit - 1) / unit} * model_.mcu->code_flash.program_us;
        } else {
            erase_external(move.target, move.erase_length, model_.external->erases.back().size, time);
            program_external(move.length, time);
        }
    }

    void stage(std::uint32_t bytes, WorkTime& time) {
        const std::uint32_t block = model_.core.external_erase_block;
        const std::uint32_t rounded = (bytes + block - 1) / block * block;
        erase_external(model_.core.secondary.base, rounded, block, time);
        program_external(bytes, time);
    }

    [[nodiscard]] Wear code_flash() const {
        return worst(code_erases_, model_.mcu->code_flash.cycles, model_.primary().address);
    }
    [[nodiscard]] Wear external() const {
        return worst(external_erases_, model_.external->cycles, model_.mcu->external_window.address);
    }

  private:
    void erase_primary(std::uint32_t offset, std::uint32_t bytes, WorkTime& time) {
        const Region& primary = model_.primary();
        const std::uint64_t begin = std::uint64_t{primary.offset} + offset;
        std::uint32_t at = offset;
        for (const auto& run : geometry_of(Memory::code_flash, *model_.mcu, nullptr).blocks(begin, begin + bytes))
            for (std::uint32_t block = 0; block < run.count; ++block, at += run.size) {
                ++code_erases_[at];
                time.code_flash_us += model_.mcu->code_flash.erase_us(run.size);
            }
    }

    // With the largest erase that fits at each place, up to `largest`.
    void erase_external(std::uint32_t at, std::uint32_t bytes, std::uint32_t largest, WorkTime& time) {
        const auto& erases = model_.external->erases;
        const std::uint32_t small = erases.front().size;
        while (bytes > 0) {
            const auto fitting = std::find_if(erases.rbegin(), erases.rend(), [&](const EraseKind& kind) {
                return kind.size == small || (kind.size <= largest && at % kind.size == 0 && kind.size <= bytes);
            });
            for (std::uint32_t block = 0; block < fitting->size; block += small) ++external_erases_[at + block];
            time.external_us += std::uint64_t{fitting->typical_ms} * 1000;
            at += fitting->size;
            bytes -= std::min(bytes, fitting->size);
        }
    }

    void program_external(std::uint32_t bytes, WorkTime& time) {
        time.external_us += std::uint64_t{(bytes + nor_page_bytes - 1) / nor_page_bytes} * model_.external->page_us;
    }

    static Wear worst(const std::map<std::uint32_t, std::uint32_t>& erases, std::uint32_t cycles, std::uint32_t base) {
        Wear wear{.cycles = cycles};
        for (const auto& [at, count] : erases)
            if (count > wear.erases) {
                wear.erases = count;
                wear.address = base + at;
            }
        return wear;
    }

    const Model& model_;
    std::map<std::uint32_t, std::uint32_t> code_erases_;     // by offset in the primary slot
    std::map<std::uint32_t, std::uint32_t> external_erases_; // by offset in the chip
};

// A write of the journal erases each of its banks once; behind it, progress is recorded in the bank's free marks.
Wear journal_wear(const Model& model, std::uint32_t moves, std::uint32_t moves_back) {
    const core::Layout& core = model.core;
    const std::uint32_t progress = journal_shape::marks(core.journal_bank_bytes, core.journal_program_unit) - 2;
    const auto writes = [&](std::uint32_t count) { return (count + progress) / (progress + 1); };
    return {.erases = writes(moves) + writes(moves_back) + writes_besides_moves,
            .cycles = journal_flash(*model.mcu).cycles,
            .address = model.find(Role::journal)->address};
}

} // namespace

std::string first_worn(const Estimate& estimate) {
    std::string first;
    std::uint32_t least = 0;
    const auto look = [&](const char* name, const Wear& wear) {
        if (wear.cycles == 0 || (!first.empty() && wear.updates() >= least)) return;
        first = name;
        least = wear.updates();
    };
    look("code flash", estimate.code_flash);
    look("external", estimate.external);
    look("journal", estimate.journal);
    return first;
}

Estimate estimate(const Model& model) {
    const core::Layout& core = model.core;
    Estimate estimate;
    const auto erases = model.mcu->code_flash.erase_times;
    estimate.times_known = model.mcu->code_flash.program_us > 0 && model.external->page_us > 0 &&
                           std::all_of(erases.begin(), erases.end(), [](auto& time) { return time.typical_us > 0; }) &&
                           std::all_of(model.external->erases.begin(), model.external->erases.end(),
                                       [](auto& e) { return e.typical_ms > 0; });
    Counter counter(model);
    counter.stage(model.max_image, estimate.staging);
    const core::PlanInput there{
        .plan = core.plan, .incoming_bytes = model.max_image, .outgoing_bytes = model.max_image};
    const std::uint32_t moves = core::move_count(core, there);
    for (std::uint32_t n = 0; n < moves; ++n) counter.move(core::move_at(core, there, n), estimate.moving);
    std::uint32_t moves_back = 0;
    if (core.plan != core::Plan::overwrite) {
        core::PlanInput back = there;
        back.plan = core::Plan::restore;
        back.restore_chunks = static_cast<std::uint32_t>(model.chunks.size());
        moves_back = core::move_count(core, back);
        for (std::uint32_t n = 0; n < moves_back; ++n) counter.move(core::move_at(core, back, n), estimate.taking_back);
    }
    estimate.code_flash = counter.code_flash();
    estimate.external = counter.external();
    estimate.journal = journal_wear(model, moves, moves_back);
    return estimate;
}

} // namespace outboot::layouts

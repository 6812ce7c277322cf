#include <fmt/format.h>

#include "format/image.hpp"
#include "layout/text.hpp"
#include "tool/doctor/program_checks.hpp"

namespace outboot::tool::doctor {
namespace {

using layouts::address_text;
using layouts::Model;

// The table's first two words; nullopt if the program has no content there.
struct Words {
    std::uint32_t stack = 0;
    std::uint32_t reset = 0;
};

std::optional<Words> words_at(const Program& program, std::uint64_t table) {
    for (const auto& piece : program.pieces) {
        const std::uint64_t address = program.kind == ProgramKind::binary ? table : piece.address;
        if (address > table || address + piece.data.size() < table + 8) continue;
        const auto* at = piece.data.data() + (table - address);
        return Words{format::get32(at), format::get32(at + 4)};
    }
    return std::nullopt;
}

class Table {
  public:
    Table(const Program& program, const Model& model, std::uint64_t at, std::uint64_t end)
        : path_(program.path), model_(model), at_(at), end_(end), words_(words_at(program, at)) {}

    Findings check() {
        alignment();
        if (!words_ || (!stack_in_ram() && !reset_inside())) {
            missing();
            return std::move(found_);
        }
        stack();
        reset();
        return std::move(found_);
    }

  private:
    void report(const char* check, const std::string& what, const std::string& remedy) {
        found_.push_back({Severity::error, check, path_, path_ + ": " + what, remedy});
    }

    void alignment() {
        const std::uint32_t align = model_.mcu->vector_table_align;
        if (align == 0 || at_ % align == 0) return;
        report(
            "vector-table-misaligned",
            fmt::format("the vector table stands at {}; the {} wants it on a multiple of {:#x}, and takes interrupts "
                        "from a wrong place otherwise",
                        address_text(at_), model_.mcu->name, align),
            fmt::format("link it to {}", address_text(model_.application_address())));
    }

    void missing() {
        const std::string seen =
            words_ ? fmt::format("its first words are {:#010x} and {:#010x}", words_->stack, words_->reset)
                   : "there are no eight bytes of content";
        report("vector-table-missing",
               fmt::format("there is no vector table at {}: {}, not a stack pointer into RAM and a reset vector",
                           address_text(at_), seen),
               "put the vector table first in the linker script, with KEEP around it: nothing refers to it, so "
               "--gc-sections drops it");
    }

    [[nodiscard]] bool stack_in_ram() const {
        const auto& ram = model_.mcu->ram;
        return words_->stack > ram.address && words_->stack <= ram.end();
    }

    void stack() {
        const auto& ram = model_.mcu->ram;
        const auto record = model_.core.ram_record_address;
        if (!stack_in_ram())
            report("stack-outside-ram",
                   fmt::format("the initial stack pointer is {:#010x}; the {}'s RAM reaches from {} to {}",
                               words_->stack, model_.mcu->name, address_text(ram.address), address_text(ram.end())),
                   "take RAM's origin and length from the layout's emitted linker file");
        else if (words_->stack > record)
            report("stack-over-ram-record",
                   fmt::format("the initial stack pointer is {:#010x}, so the stack overwrites the bootloader's RAM "
                               "record at {}",
                               words_->stack, address_text(record)),
                   fmt::format("let RAM end at {}, as in the layout's emitted linker file", address_text(record)));
        else if (words_->stack % 8 != 0)
            report("stack-misaligned",
                   fmt::format("the initial stack pointer {:#010x} isn't a multiple of 8, as ARM's calling convention "
                               "wants it",
                               words_->stack),
                   "align the stack's top in the linker script");
    }

    [[nodiscard]] bool reset_inside() const {
        return (words_->reset & 1U) != 0 && words_->reset >= at_ && words_->reset < end_;
    }

    void reset() {
        if (reset_inside()) return;
        const bool even = (words_->reset & 1U) == 0;
        report("reset-vector-outside",
               even ? fmt::format("the reset vector {:#010x} is no Thumb address: its lowest bit is 0", words_->reset)
                    : fmt::format("the reset vector {:#010x} points outside the program, {} to {}; the bootloader "
                                  "refuses it (bad_vector)",
                                  words_->reset, address_text(at_), address_text(end_)),
               even ? "declare the handler as a function (.type handler, %function), so that the linker sets the bit"
                    : "link code and vector table together, with the layout's emitted linker file");
    }

    const std::string& path_;
    const Model& model_;
    std::uint64_t at_;
    std::uint64_t end_;
    std::optional<Words> words_;
    Findings found_;
};

} // namespace

Findings check_vector_table(const Program& program, const Model& model, std::uint64_t table, std::uint64_t end) {
    return Table(program, model, table, end).check();
}

} // namespace outboot::tool::doctor

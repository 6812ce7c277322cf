#include "tool/bootloader_check.hpp"

#include <algorithm>

#include "tool/doctor/program_checks.hpp"

namespace outboot::tool::doctor {

Findings check_bootloader(const ProgramFacts& facts, const layouts::Model& model) {
    const auto& program = facts.program;
    Findings found;
    append(found, program.path, objections_to_bootloader(program, model, OptionSettings::refused));
    const auto region = model.find(layouts::Role::bootloader)->range();
    for (auto& each : found) {
        if (each.check == "bootloader-option-settings") each.severity = Severity::warning; // usual in an ELF
        if (each.check == "bootloader-overlaps-slot" || each.check == "bootloader-overlaps-keys")
            each.details = what_takes_room(facts.map, region.address, region.end());
    }
    if (program.kind == ProgramKind::binary) return found;
    std::uint64_t end = region.address;
    for (const auto& piece : program.pieces)
        if (region.contains(piece.address)) end = std::max(end, piece.end());
    if (program.pieces.front().address == region.address)
        append(found, check_vector_table(program, model, region.address, end));
    append(found, check_ram(facts, model));
    return found;
}

} // namespace outboot::tool::doctor

#include <algorithm>

#include "tool/doctor/program_checks.hpp"
#include "tool/payload.hpp"

namespace outboot::tool::doctor {
namespace {

// Behind the last code-flash content that belongs to the program beginning at `begin`.
std::uint64_t end_in_code_flash(const Program& program, const layouts::Model& model, std::uint64_t begin) {
    const std::uint64_t flash_end = std::uint64_t{model.mcu->code_flash.address} + model.mcu->code_flash.size();
    std::uint64_t end = begin;
    for (const auto& piece : program.pieces) {
        if (program.kind == ProgramKind::binary) end = begin + piece.data.size();
        if (piece.address >= begin && piece.address < flash_end) end = std::max(end, piece.end());
    }
    return end;
}

} // namespace

Findings check_application(const ProgramFacts& facts, const layouts::Model& model) {
    const auto& program = facts.program;
    auto found = check_built_for(program, model);
    append(found, check_link_address(program, model));
    // A program that is linked elsewhere has its vector table there, and that says something too.
    if (const auto begin = begin_in_code_flash(program, model))
        append(found, check_vector_table(program, model, *begin, end_in_code_flash(program, model, *begin)));
    append(found, check_content(program, model));
    append(found, check_room(facts, model));
    append(found, check_ram(facts, model));
    return found;
}

} // namespace outboot::tool::doctor

#include <algorithm>

#include <fmt/format.h>

#include "layout/fingerprint.hpp"
#include "layout/text.hpp"
#include "tool/doctor/program_checks.hpp"

namespace outboot::tool::doctor {
namespace {

using layouts::address_text;
using layouts::Model;

// Room for the header in front of the program, as objcopy's --pad or a linker script may leave it: zeros.
bool has_room_for_header(const Piece& piece, const Model& model) {
    const std::size_t header = model.core.header_size;
    return piece.address == model.primary().address && piece.data.size() >= header &&
           std::all_of(piece.data.begin(), piece.data.begin() + static_cast<std::ptrdiff_t>(header),
                       [](std::uint8_t byte) { return byte == 0; });
}

const Piece* first_in_code_flash(const Program& program, const Model& model) {
    const layouts::AddressRange flash{model.mcu->code_flash.address, model.mcu->code_flash.size()};
    for (const auto& piece : program.pieces)
        if (flash.contains(piece.address)) return &piece;
    return nullptr;
}

} // namespace

std::optional<std::uint64_t> begin_in_code_flash(const Program& program, const Model& model) {
    if (program.kind == ProgramKind::binary) return model.application_address();
    const Piece* first = first_in_code_flash(program, model);
    if (!first) return std::nullopt;
    return has_room_for_header(*first, model) ? model.application_address() : first->address;
}

Findings check_built_for(const Program& program, const Model& model) {
    if (program.kind != ProgramKind::elf) return {};
    if (!program.fingerprint)
        return {{Severity::warning, "program-without-fingerprint", program.path,
                 fmt::format("{} doesn't say which layout it was built for: it has no symbol "
                             "outboot_layout_fingerprint",
                             program.path),
                 "compile the emitted outboot_fingerprint.c into it, or link app/fingerprint.cpp"}};
    if (*program.fingerprint == model.core.fingerprint) return {};
    return {{Severity::error, "program-of-another-layout", program.path,
             fmt::format("{} was built for another layout: its fingerprint is {}, {} has {}", program.path,
                         layouts::to_hex(*program.fingerprint), model.file, layouts::to_hex(model.core.fingerprint)),
             "emit this layout's files again (outboot layout emit) and rebuild everything that includes them; if the "
             "program is right, name the layout it was built for"}};
}

Findings check_link_address(const Program& program, const Model& model) {
    const std::uint64_t start = model.application_address();
    const auto begin = begin_in_code_flash(program, model);
    if (!begin)
        return {{Severity::error, "nothing-in-code-flash", program.path,
                 fmt::format("{} has nothing in the code flash, where this layout's application starts at {}",
                             program.path, address_text(start)),
                 "link it with the layout's emitted app_memory.ld"}};
    if (*begin == start) return {};
    const bool right_headers = program.fingerprint && *program.fingerprint == model.core.fingerprint;
    return {{Severity::error, "linked-elsewhere", program.path,
             fmt::format("{} is linked to {}, but this layout's application starts at {} (slot {}, header {:#x}){}",
                         program.path, address_text(*begin), address_text(start), address_text(model.primary().address),
                         model.core.header_size,
                         right_headers ? ". It was compiled for this very layout, so its linker script is another "
                                         "one: most likely a private copy that has gone stale"
                                       : ""),
             "delete the copy of the linker file and let the linker include app_memory.ld (FSP: memory_regions.ld) "
             "from the directory that `outboot layout emit` writes in each build"}};
}

} // namespace outboot::tool::doctor

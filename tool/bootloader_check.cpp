#include "tool/bootloader_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/fingerprint.hpp"
#include "layout/text.hpp"

namespace outboot::tool {
namespace {

using layouts::address_text;
using layouts::Model;
using layouts::Role;

constexpr const char* link_anew = "link it with the layout's emitted bootloader_memory.ld";

void object_to_piece(const Program& program, const Piece& piece, const Model& model, std::vector<Objection>& found) {
    const auto region = model.find(Role::bootloader)->range();
    const auto primary = model.primary().range();
    const std::uint64_t keys = model.core.keys_address;
    if (piece.address < region.address || piece.end() > region.end()) {
        const bool into_slot = piece.address < primary.end() && piece.end() > primary.address;
        const std::uint64_t shared =
            std::min(piece.end(), primary.end()) - std::max<std::uint64_t>(piece.address, primary.address);
        found.push_back({into_slot ? "bootloader-overlaps-slot" : "bootloader-leaves-region",
                         fmt::format("{} leaves the bootloader's region ({} to {}): {}{}", program.path,
                                     address_text(region.address), address_text(keys), describe(piece),
                                     into_slot ? fmt::format("; {} bytes of it lie in the primary slot", shared) : ""),
                         into_slot ? "make it smaller, or the region larger in the layout; link it with the layout's "
                                     "emitted bootloader_memory.ld, and the linker says so first"
                                   : link_anew});
    } else if (piece.end() > keys) {
        found.push_back({"bootloader-overlaps-keys",
                         fmt::format("{} overlaps the key block at {}: {}, {} bytes too far", program.path,
                                     address_text(keys), describe(piece), piece.end() - keys),
                         link_anew});
    }
}

} // namespace

bool in_option_settings(const Piece& piece, const Model& model) {
    const auto& options = model.mcu->option_setting;
    return piece.address < options.end() && piece.end() > options.address;
}

bool carries_fingerprint(const Program& program, const layouts::Fingerprint& fingerprint) {
    return std::any_of(program.pieces.begin(), program.pieces.end(), [&](const Piece& piece) {
        return std::search(piece.data.begin(), piece.data.end(), fingerprint.begin(), fingerprint.end()) !=
               piece.data.end();
    });
}

std::vector<Objection> objections_to_bootloader(const Program& program, const Model& model,
                                                OptionSettings option_settings) {
    std::vector<Objection> found;
    const std::uint64_t start = model.find(Role::bootloader)->address;
    for (const auto& piece : program.pieces) {
        if (!in_option_settings(piece, model))
            object_to_piece(program, piece, model, found);
        else if (option_settings == OptionSettings::refused)
            found.push_back({"bootloader-option-settings",
                             fmt::format("{} writes option-setting memory: {}", program.path, describe(piece)),
                             "program option settings in a step of their own, or ask for them with --option-settings; "
                             "some of them are for ever"});
    }
    if (program.kind == ProgramKind::binary || program.pieces.front().address != start)
        found.push_back(
            {"bootloader-not-at-start",
             fmt::format("{} has no content at {}, where the MCU starts", program.path, address_text(start)),
             program.kind == ProgramKind::binary
                 ? "give the bootloader's ELF or HEX: a binary doesn't say where it lies"
                 : link_anew});
    if (!carries_fingerprint(program, model.core.fingerprint))
        found.push_back({"bootloader-of-another-layout",
                         fmt::format("{} doesn't carry the fingerprint of {}, {}: it was built for another layout",
                                     program.path, model.file, layouts::to_hex(model.core.fingerprint)),
                         "build the bootloader with this layout's emitted files"});
    return found;
}

} // namespace outboot::tool

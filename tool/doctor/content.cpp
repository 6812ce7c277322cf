#include <algorithm>

#include <fmt/format.h>

#include "layout/text.hpp"
#include "tool/doctor/program_checks.hpp"
#include "tool/payload.hpp"

namespace outboot::tool::doctor {
namespace {

using layouts::address_text;
using layouts::Model;
using layouts::Role;

constexpr std::uint32_t overwrite_trailer_units = 3; // of MCUboot's, in units of --align: what imgtool adds

struct Window {
    std::string name;
    std::uint64_t address;
};

// The memories above the code flash that a program may have content for, ascending.
std::vector<Window> far_memories(const Model& model) {
    std::vector<Window> windows;
    const auto& mcu = *model.mcu;
    if (mcu.option_setting.size > 0) windows.push_back({"option-setting memory", mcu.option_setting.address});
    if (!mcu.data_flash.blocks.empty()) windows.push_back({"data flash", mcu.data_flash.address});
    if (model.external) windows.push_back({"external chip", mcu.external_window.address});
    std::erase_if(windows, [&](const Window& w) { return w.address < mcu.code_flash.address + mcu.code_flash.size(); });
    std::sort(windows.begin(), windows.end(), [](auto& a, auto& b) { return a.address < b.address; });
    return windows;
}

// What imgtool says of such a binary, word for word, so that it is found again.
std::string imgtool_message(const Model& model, std::uint64_t image_bytes) {
    return fmt::format("\"Image size ({:#x}) + trailer ({:#x}) exceeds requested size {:#x}\"", image_bytes,
                       overwrite_trailer_units * model.core.primary_program_unit, model.primary().size);
}

const char* memory_name(layouts::Memory memory) {
    switch (memory) {
    case layouts::Memory::data_flash:
        return "data flash";
    case layouts::Memory::external:
        return "external chip";
    default:
        return "code flash";
    }
}

Finding left_out(const Program& program, const Piece& piece, const layouts::Region& region) {
    return {Severity::remark, "content-left-out", program.path,
            fmt::format("{}: {} is for region '{}' of the {}; `outboot sign` leaves it out of the image", program.path,
                        describe(piece), region.name, memory_name(region.memory)),
            fmt::format("nothing, if it is an initial value: `outboot provision --app {}` programs it into new "
                        "devices. An update never brings it, so the application must cope with what is there",
                        program.path)};
}

Finding beyond_code_flash(const Program& program, const Piece& piece, const Model& model, std::uint64_t end) {
    return {Severity::error, "more-code-flash-than-exists", program.path,
            fmt::format("{} uses more internal flash than exists: {} ends at {}, the {}'s code flash at {}: {} bytes "
                        "too far",
                        program.path, describe(piece), address_text(piece.end()), model.mcu->name, address_text(end),
                        piece.end() - end),
            fmt::format("check the part number in the layout and in the linker script; the layout's emitted linker "
                        "file gives the program {} bytes from {} on",
                        model.max_image - model.core.header_size - layouts::tlv_room,
                        address_text(model.application_address()))};
}

// What the layout has no place for, where the check of the link address doesn't say so already.
Findings misplaced(const Program& program, const Model& model) {
    Findings found;
    const std::uint64_t flash_end = std::uint64_t{model.mcu->code_flash.address} + model.mcu->code_flash.size();
    for (const auto& piece : program.pieces) {
        const auto text = misplacement(model, piece);
        if (text.empty()) continue;
        if (piece.address < flash_end && piece.address >= model.mcu->code_flash.address) {
            if (piece.end() > flash_end) found.push_back(beyond_code_flash(program, piece, model, flash_end));
            continue; // linked elsewhere, or too large for the slot
        }
        const bool options = model.mcu->option_setting.contains(piece.address);
        found.push_back({Severity::error, options ? "option-settings-in-application" : "content-misplaced",
                         program.path, program.path + ": " + text, hint_for(model, {&piece})});
    }
    return found;
}

// The classic: one initialised object in data flash turns a flat binary into 128 MB of gap.
Findings flat_binary(const Program& program, const Model& model) {
    const std::uint64_t start = program.pieces.front().address;
    const std::uint64_t size = program.pieces.back().end() - start + model.core.header_size;
    if (size <= model.primary().size) return {};
    const auto& last = program.pieces.back();
    std::string removal;
    for (const auto& piece : program.pieces)
        if (const auto* region = region_at(model, piece.address);
            (!region || region->role != Role::primary) && !piece.name.empty())
            removal += fmt::format(" -R '{}'", piece.name);
    return {{Severity::remark, "flat-binary-would-span-memories", program.path,
             fmt::format("{} must not be made a flat binary (objcopy -O binary): it would reach from {} over the gap "
                         "to {}, which is what imgtool complains of with {}",
                         program.path, address_text(start), describe(last), imgtool_message(model, size)),
             fmt::format("give the ELF itself to `outboot sign --layout {}`; or leave the rest out of the binary: "
                         "arm-none-eabi-objcopy -O binary{} {} OUT.bin",
                         model.file, removal, program.path)}};
}

} // namespace

Findings check_content(const Program& program, const Model& model) {
    if (program.kind == ProgramKind::binary) return {};
    auto found = misplaced(program, model);
    bool far = false;
    for (const auto& piece : program.pieces) {
        const auto* region = region_at(model, piece.address);
        far |= !region || region->memory != layouts::Memory::code_flash;
        if (region && region->role == Role::application && misplacement(model, piece).empty())
            found.push_back(left_out(program, piece, *region));
    }
    if (far && begin_in_code_flash(program, model)) append(found, flat_binary(program, model));
    return found;
}

Findings check_flat_size(const std::string& path, std::uint64_t bytes, const Model& model) {
    const std::uint64_t flash = model.mcu->code_flash.size();
    if (bytes <= flash) return {};
    const Window* reached = nullptr;
    const auto windows = far_memories(model);
    for (const auto& window : windows)
        if (bytes > window.address - (model.mcu->code_flash.address + flash)) reached = &window;
    if (!reached)
        return {{Severity::error, "larger-than-code-flash", path,
                 fmt::format("{} has {} bytes, the {}'s whole code flash {}", path, bytes, model.mcu->name, flash),
                 "check that it is the right file, and the part number in the layout"}};
    return {
        {Severity::error, "flat-binary-spans-memories", path,
         fmt::format("{} has {} bytes ({:#x}), the {}'s code flash {:#x}: it is a flat binary that reaches from the "
                     "code flash over a gap to the {} at {}, because the ELF has content for both. imgtool says "
                     "\"Image size ... + trailer ... exceeds requested size ...\" of it",
                     path, bytes, bytes, model.mcu->name, flash, reached->name, address_text(reached->address)),
         fmt::format("give the ELF itself to `outboot sign --layout {}`, which knows what belongs elsewhere and "
                     "leaves it out; or drop it: arm-none-eabi-objcopy -O binary -R '.data_flash*' -R "
                     "'.option_setting*' -R '.qspi_flash*' APP.elf APP.bin. Initial values of data flash are "
                     "programmed by `outboot provision --app APP.elf`",
                     model.file)}};
}

} // namespace outboot::tool::doctor

#include "tool/payload.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "format/image.hpp"
#include "layout/text.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

using layouts::address_text;
using layouts::Model;
using layouts::Region;
using layouts::Role;

void refuse_offenders(const Program& program, const Model& model) {
    std::vector<const Piece*> offenders;
    std::vector<std::string> objections;
    for (const auto& piece : program.pieces) {
        auto text = misplacement(model, piece);
        if (text.empty()) continue;
        offenders.push_back(&piece);
        objections.push_back(std::move(text));
    }
    if (offenders.empty()) return;
    throw Failure(
        fmt::format("{} has content that can't be in an image:\n  {}", program.path, fmt::join(objections, "\n  ")),
        hint_for(model, offenders));
}

// What lies far away is nearly always meant for another memory; filled up to it, the image would be absurd.
void refuse_wide_gap(const Program& program) {
    const auto* far = behind_wide_gap(program.pieces);
    if (!far) return;
    const auto& near = *(far - 1);
    throw Failure(
        fmt::format("{} has a gap of {} from {} to {}, between {} and {}", program.path,
                    layouts::size_text(far->address - near.end()), address_text(near.end()), address_text(far->address),
                    describe(near), describe(*far)),
        fmt::format(
            "the usual cause: initial values for data flash or external flash. With --layout they are "
            "recognised and left out, and --split DIR writes them to files of their own{}",
            far->name.empty() ? "" : fmt::format("; or drop them: arm-none-eabi-objcopy -R '{}' IN OUT", far->name)));
}

bool begins_with_zeros(ByteSpan bytes, std::size_t count) {
    return bytes.size() >= count && std::all_of(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count),
                                                [](std::uint8_t b) { return b == 0; });
}

// A program linked for another place has its reset vector there: better said here than by a device.
void require_vector(const Program& program, const Model& model, const ByteVector& payload) {
    const std::uint64_t begin = model.application_address();
    const std::uint32_t vector = payload.size() >= 8 ? format::get32(&payload[4]) : 0;
    if ((vector & 1) != 0 && vector >= begin && vector < begin + payload.size()) return;
    throw Failure(payload.size() < 8
                      ? fmt::format("{} is too short for a program: {} bytes", program.path, payload.size())
                      : fmt::format("{} doesn't start like a program for this layout: its reset vector is {:#010x}",
                                    program.path, vector),
                  fmt::format("link it to {} with the emitted app_memory.ld, vector table first", address_text(begin)));
}

Payload from_addresses(const Program& program, const Model& model, std::uint8_t fill) {
    refuse_offenders(program, model);
    Payload payload;
    std::vector<Piece> own;
    for (const auto& piece : program.pieces) {
        const Region* region = region_at(model, piece.address);
        if (region->role == Role::primary)
            own.push_back(piece);
        else
            payload.foreign.push_back({region, piece});
    }
    const std::uint64_t base = model.primary().address;
    const std::uint64_t start = model.application_address();
    if (own.empty())
        throw Failure(fmt::format("{} has nothing in the primary slot ({} to {})", program.path, address_text(base),
                                  address_text(base + model.primary().size)),
                      fmt::format("link it to {}", address_text(start)));
    payload.had_header = own.front().address < start;
    const std::uint64_t first = payload.had_header ? base : start;
    if (own.front().address != first)
        throw Failure(fmt::format("{} has nothing at {}, its first content is {}", program.path, address_text(start),
                                  describe(own.front())),
                      fmt::format("the vector table must stand at {}", address_text(start)));
    payload.bytes = flatten(own, first, fill);
    if (payload.had_header) {
        if (!begins_with_zeros(payload.bytes, model.core.header_size))
            throw Failure(fmt::format("{} has content where the header goes, {} to {}", program.path,
                                      address_text(base), address_text(start)),
                          fmt::format("link it to {}", address_text(start)));
        payload.bytes.erase(payload.bytes.begin(), payload.bytes.begin() + model.core.header_size);
    }
    payload.address = start;
    return payload;
}

} // namespace

const Region* region_at(const Model& model, std::uint64_t address) {
    for (const auto& region : model.regions)
        if (region.range().contains(address)) return &region;
    return nullptr;
}

std::string misplacement(const Model& model, const Piece& piece) {
    const auto& options = model.mcu->option_setting;
    if (piece.address < options.end() && piece.end() > options.address)
        return fmt::format("{}: in option-setting memory", describe(piece));
    const Region* region = region_at(model, piece.address);
    if (!region) return fmt::format("{}: outside every region of the layout", describe(piece));
    if (region->role != Role::primary && region->role != Role::application)
        return fmt::format("{}: in region '{}', which belongs to the bootloader", describe(piece), region->name);
    if (piece.end() > region->range().end())
        return fmt::format("{}: reaches {} bytes beyond region '{}', which ends at {}", describe(piece),
                           piece.end() - region->range().end(), region->name, address_text(region->range().end()));
    return {};
}

std::string hint_for(const Model& model, const std::vector<const Piece*>& misplaced) {
    std::string removal;
    bool options = false;
    for (const auto* piece : misplaced) {
        if (!piece->name.empty()) removal += fmt::format(" -R '{}'", piece->name);
        options |= model.mcu->option_setting.contains(piece->address);
    }
    std::string hint = options
                           ? "option settings belong to the bootloader, and a wrong one can lock the device for ever; "
                             "with FSP define BSP_BOOTLOADED_APPLICATION"
                           : "give the content a region in the layout (role = \"application\"), or link it elsewhere";
    if (!removal.empty()) hint += fmt::format("; or drop it: arm-none-eabi-objcopy{} IN OUT", removal);
    return hint;
}

Payload payload_for(const Program& program, const Model& model, std::uint8_t fill) {
    Payload payload;
    if (program.kind == ProgramKind::binary) {
        payload.bytes = program.pieces.front().data;
        payload.address = model.application_address();
        payload.had_header = begins_with_zeros(payload.bytes, model.core.header_size);
        if (payload.had_header)
            payload.bytes.erase(payload.bytes.begin(), payload.bytes.begin() + model.core.header_size);
    } else {
        payload = from_addresses(program, model, fill);
    }
    require_vector(program, model, payload.bytes);
    return payload;
}

Payload payload_without_layout(const Program& program, std::size_t header_size, bool pad_header, std::size_t limit,
                               std::uint8_t fill) {
    refuse_wide_gap(program);
    const std::uint64_t begin = program.pieces.front().address;
    const std::uint64_t span = program.pieces.back().end() - begin;
    if (span > limit && program.pieces.size() > 1)
        throw Failure(
            fmt::format("{} reaches from {} to {}: an image of {} bytes in a slot of {}; the last piece is {}",
                        program.path, address_text(begin), address_text(begin + span), span, limit,
                        describe(program.pieces.back())),
            "with --layout, content for data flash and external flash is recognised and left out");
    Payload payload;
    payload.bytes = flatten(program.pieces, begin, fill);
    if (program.kind != ProgramKind::binary) payload.address = begin;
    if (pad_header) return payload;
    if (!begins_with_zeros(payload.bytes, header_size))
        throw Failure(fmt::format("the first {} bytes of {} aren't zero: there is no room for the header", header_size,
                                  program.path),
                      "use --pad-header to put one in front");
    payload.bytes.erase(payload.bytes.begin(), payload.bytes.begin() + static_cast<std::ptrdiff_t>(header_size));
    if (payload.address) *payload.address += header_size;
    payload.had_header = true;
    return payload;
}

} // namespace outboot::tool

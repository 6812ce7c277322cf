#include "layout/drawing.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/plan.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

constexpr std::string_view keys = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

std::string remark_on(const Model& model, const Region& region) {
    const core::Layout& core = model.core;
    switch (region.role) {
    case Role::bootloader:
        return fmt::format("keys at {}", address_text(core.keys_address));
    case Role::primary:
        return fmt::format("{} chunks, runs at {}", model.chunks.size(), address_text(model.application_address()));
    case Role::journal:
        return fmt::format("{} banks of {}", core.journal_banks, size_text(core.journal_bank_bytes));
    case Role::hole:
        return "shifts the backup up";
    case Role::scratch:
        return "chunks move through it";
    case Role::application:
        return fmt::format("{}", fmt::join(region.sections, " "));
    case Role::secondary:
        break;
    }
    return {};
}

// Sorted, overlapping and adjoining ones joined.
std::vector<Span> joined(std::vector<Span> spans) {
    std::sort(spans.begin(), spans.end(), [](auto& a, auto& b) { return a.begin < b.begin; });
    std::vector<Span> out;
    for (const auto& span : spans) {
        if (!out.empty() && span.begin <= out.back().end)
            out.back().end = std::max(out.back().end, span.end);
        else
            out.push_back(span);
    }
    return out;
}

// What of the contents lies in a memory's place, as offsets in it.
void fill(Part& part, const std::vector<Span>& contents) {
    std::vector<Span> inside;
    for (const auto& span : contents) {
        const Span cut{std::max(span.begin, part.place.begin), std::min(span.end, part.place.end)};
        if (cut.begin < cut.end) inside.push_back(cut);
    }
    part.known = !inside.empty();
    part.filled = part.known ? joined(std::move(inside)) : std::vector<Span>{part.place};
    for (const auto& span : part.filled) part.filled_bytes += span.size();
}

std::vector<Span> contents_of(const Model& model, Memory memory, const Geometry& geometry, const Contents& contents) {
    std::vector<Span> spans;
    for (const auto& each : contents.bytes)
        if (each.address >= geometry.address() && each.address < std::uint64_t{geometry.address()} + geometry.size())
            spans.push_back({each.address - geometry.address(), each.address - geometry.address() + each.size});
    const auto image_at = [&](std::uint32_t base, std::uint32_t size) {
        if (size > 0) spans.push_back({base, std::uint64_t{base} + size});
    };
    if (memory == Memory::code_flash) image_at(model.core.primary.base, contents.running_image);
    if (memory == Memory::external) image_at(model.core.secondary.base, contents.staged_image);
    return spans;
}

std::vector<Mark> marks_in(const Model& model, Memory memory, const Contents& contents) {
    if (memory != Memory::external) return {};
    const core::Layout& core = model.core;
    const auto mark = [&](const char* text, std::uint32_t base, std::uint32_t size) {
        const std::uint64_t bytes = size > 0 ? size : model.max_image;
        return Mark{text, {base, std::min<std::uint64_t>(base + bytes, core.external_size)}};
    };
    std::vector<Mark> marks{mark("staged image", core.secondary.base, contents.staged_image)};
    if (core.plan != core::Plan::overwrite)
        marks.push_back(mark("backup", core::backup_base(core), contents.running_image));
    return marks;
}

MemoryDrawing draw(const Model& model, Memory memory, const Contents& contents, std::size_t& next_key) {
    MemoryDrawing drawn{memory,
                        memory == Memory::external ? "external " + model.external->name : to_string(memory),
                        geometry_of(memory, *model.mcu, model.external.get()),
                        {},
                        marks_in(model, memory, contents)};
    const auto spans = contents_of(model, memory, drawn.geometry, contents);
    std::vector<const Region*> regions;
    for (const auto& region : model.regions)
        if (region.memory == memory) regions.push_back(&region);
    std::stable_sort(regions.begin(), regions.end(), [](auto* a, auto* b) { return a->offset < b->offset; });
    std::uint64_t cursor = 0;
    const auto unused = [&](std::uint64_t end) {
        if (end > cursor) drawn.parts.push_back({.place = {cursor, end}});
    };
    for (const auto* region : regions) {
        unused(region->offset);
        Part part{.region = region,
                  .key = next_key < keys.size() ? keys[next_key++] : '*',
                  .place = {region->offset, region->end()},
                  .remark = remark_on(model, *region)};
        fill(part, spans);
        drawn.parts.push_back(std::move(part));
        cursor = region->end();
    }
    unused(drawn.geometry.size());
    return drawn;
}

} // namespace

std::string Part::fill_text() const {
    const std::uint64_t percent = filled_bytes * 100 / std::max<std::uint64_t>(1, place.size());
    return fmt::format("{}, {} % full", bytes_text(filled_bytes), percent == 0 ? "under 1" : std::to_string(percent));
}

Drawing drawing_of(const Model& model, const Contents& contents) {
    Drawing drawing;
    std::size_t next_key = 0;
    for (const Memory memory : {Memory::code_flash, Memory::data_flash, Memory::external})
        if (has_memory(memory, *model.mcu)) drawing.memories.push_back(draw(model, memory, contents, next_key));
    for (const auto& each : contents.bytes) {
        const bool somewhere = std::any_of(model.regions.begin(), model.regions.end(), [&](const Region& region) {
            return each.address >= region.address && each.address + each.size <= region.range().end();
        });
        if (!somewhere) drawing.outside.push_back(each);
    }
    return drawing;
}

} // namespace outboot::layouts

#include "layout/geometry.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/text.hpp"

namespace outboot::layouts {

Geometry::Geometry(std::uint32_t address, std::vector<core::BlockRun> runs)
    : address_(address), runs_(std::move(runs)) {
    for (const auto& run : runs_) size_ += run.count * run.size;
}

std::uint32_t Geometry::smallest_block() const {
    return std::min_element(runs_.begin(), runs_.end(), [](auto& a, auto& b) { return a.size < b.size; })->size;
}

std::uint64_t Geometry::floor(std::uint64_t offset) const {
    std::uint64_t start = 0;
    for (const auto& run : runs_) {
        const std::uint64_t bytes = std::uint64_t{run.count} * run.size;
        if (offset < start + bytes) return offset - (offset - start) % run.size;
        start += bytes;
    }
    return offset;
}

std::uint64_t Geometry::ceil(std::uint64_t offset) const {
    const std::uint64_t below = floor(offset);
    if (below == offset) return offset;
    std::uint64_t start = 0;
    for (const auto& run : runs_) {
        start += std::uint64_t{run.count} * run.size;
        if (below < start) return below + run.size;
    }
    return offset;
}

std::vector<core::BlockRun> Geometry::blocks(std::uint64_t begin, std::uint64_t end) const {
    std::vector<core::BlockRun> found;
    std::uint64_t start = 0;
    for (const auto& run : runs_) {
        const std::uint64_t stop = start + std::uint64_t{run.count} * run.size;
        const std::uint64_t from = std::max(begin, start);
        const std::uint64_t to = std::min(end, stop);
        if (from < to) found.push_back({static_cast<std::uint32_t>((to - from) / run.size), run.size});
        start = stop;
    }
    return found;
}

std::string Geometry::describe() const {
    std::string text;
    for (const auto& run : runs_)
        text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", run.count, size_text(run.size));
    return text;
}

Geometry geometry_of(Memory memory, const McuPart& mcu, const NorPart* external) {
    switch (memory) {
    case Memory::code_flash:
        return {mcu.code_flash.address, mcu.code_flash.blocks};
    case Memory::data_flash:
        return {mcu.data_flash.address, mcu.data_flash.blocks};
    case Memory::external:
        break;
    }
    const std::uint32_t sector = external->erases.front().size;
    return {mcu.external_window.address, {{external->size / sector, sector}}};
}

Memory journal_memory(const McuPart& mcu) {
    return mcu.data_flash.blocks.empty() ? Memory::code_flash : Memory::data_flash;
}

const FlashPart& journal_flash(const McuPart& mcu) {
    return mcu.data_flash.blocks.empty() ? mcu.code_flash : mcu.data_flash;
}

bool has_memory(Memory memory, const McuPart& mcu) {
    return memory != Memory::data_flash || !mcu.data_flash.blocks.empty();
}

std::vector<Chunk> chunk_table(const std::vector<core::BlockRun>& blocks, std::uint32_t external_block) {
    core::Layout layout;
    layout.external_chunk_block = external_block;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        layout.primary_blocks.at(i) = blocks[i];
        layout.primary.size += blocks[i].count * blocks[i].size;
    }
    layout.chunk_bytes = core::chunk_limit(layout);
    if (!core::chunks_fit(layout)) return {};
    std::vector<Chunk> chunks;
    for (std::uint32_t n = 0; n < core::chunks_below(layout, layout.primary.size); ++n) {
        const Chunk chunk = core::chunk_from_top(layout, layout.primary.size, n);
        chunks.push_back(chunk);
    }
    std::reverse(chunks.begin(), chunks.end());
    return chunks;
}

} // namespace outboot::layouts

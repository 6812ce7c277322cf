#include "explore/geometry.hpp"

#include <algorithm>

namespace outboot::explore {
namespace {

using core::BlockRun;
using core::Plan;

constexpr std::uint32_t sector = 256; // smallest erase outside

Layout layout_of(Plan plan, std::array<BlockRun, 4> blocks, std::uint32_t chunk_bytes, std::uint32_t hole_bytes) {
    Layout layout;
    layout.plan = plan;
    layout.code_flash_address = 0x10000;
    layout.primary_blocks = blocks;
    layout.primary.base = 256;
    for (const auto& run : blocks) layout.primary.size += run.count * run.size;
    layout.primary_program_unit = 128;
    layout.chunk_bytes = chunk_bytes;
    layout.secondary = {0, (layout.primary.size + sector - 1) / sector * sector};
    layout.hole = {layout.secondary.size, hole_bytes};
    layout.external_erase_block = sector;
    layout.external_chunk_block = sector;
    layout.external_size = layout.hole.base + layout.hole.size;
    layout.journal = {0, 6 * 64 + 2 * 320};
    layout.journal_bank_bytes = 64;
    layout.journal_banks = 6;
    layout.journal_record_bytes = 320;
    return layout;
}

Layout with_journal_banks(std::uint32_t banks, Layout layout) {
    layout.journal_banks = banks;
    layout.journal.size = banks * layout.journal_bank_bytes + 2 * layout.journal_record_bytes;
    return layout;
}

// An image of so many bytes in all.
ImageSpec image(std::uint8_t version, std::uint32_t total_bytes, std::uint32_t counter = 1) {
    return {.version = version,
            .counter = counter,
            .payload_bytes = total_bytes - Product::overhead_bytes(true),
            .encrypted = true};
}

ImageSpec rubbish(ImageSpec spec) {
    spec.rubbish = true;
    return spec;
}

} // namespace

std::vector<Geometry> all_geometries() {
    const std::array<BlockRun, 4> mixed{{{2, 256}, {1, 512}}}; // two chunks, the lower one of two blocks
    const std::array<BlockRun, 4> three{{{2, 256}, {2, 512}}}; // three chunks
    std::vector<Geometry> all;
    struct {
        Plan plan;
        const char* name;
    } const plans[] = {{Plan::offset, "offset"}, {Plan::scratch, "scratch"}, {Plan::overwrite, "overwrite"}};
    for (const auto& plan : plans) {
        const std::string name = plan.name;
        const bool permanent = plan.plan == Plan::overwrite;
        all.push_back({.name = name + "-2",
                       .about = "2 chunks of mixed blocks, new image larger",
                       .layout = layout_of(plan.plan, mixed, 512, 512),
                       .images = {image(1, 500), image(2, 1000)},
                       .permanent = permanent});
        all.push_back({.name = name + "-2-shrink",
                       .about = "2 chunks of mixed blocks, old image larger, both ending on block edges",
                       .layout = layout_of(plan.plan, mixed, 512, 512),
                       .images = {image(1, 1024), image(2, 512)},
                       .permanent = permanent});
        all.push_back({.name = name + "-2-edge",
                       .about = "2 chunks, images one byte beside a block's edge",
                       .layout = layout_of(plan.plan, mixed, 512, 512),
                       .images = {image(1, 513), image(2, 511)},
                       .permanent = permanent});
        all.push_back({.name = name + "-3",
                       .about = "3 chunks of mixed blocks, hole or scratch larger than a chunk",
                       .layout = layout_of(plan.plan, three, 512, 768),
                       .images = {image(1, 1400), image(2, 900)},
                       .permanent = permanent});
        all.push_back({.name = name + "-2-counters",
                       .about = "2 chunks, 2 updates among images of which some have a lower security counter",
                       .layout = layout_of(plan.plan, mixed, 512, 512),
                       .images = {image(1, 600, 2), image(2, 700, 3), image(3, 500, 1), image(4, 400, 2)},
                       .updates = 2,
                       .permanent = permanent});
        all.push_back({.name = name + "-2-rubbish",
                       .about = "2 chunks, a good image and one with a changed byte, staged over one another",
                       .layout = layout_of(plan.plan, mixed, 512, 512),
                       .images = {image(1, 600), image(2, 700), rubbish(image(3, 700))},
                       .updates = 2,
                       .permanent = permanent});
        all.push_back({.name = name + "-2-damaged",
                       .about = "2 chunks, the journal and its records full of rubbish at the start",
                       .layout = layout_of(plan.plan, mixed, 512, 512),
                       .images = {image(1, 500), image(2, 1000)},
                       .permanent = true,
                       .journal_damaged = true});
        all.push_back({.name = name + "-2-board",
                       .about = "2 chunks, as the RA6M4's lowest ones at a sixteenth of their size",
                       .layout = layout_of(plan.plan, {{{6, 512}}}, 2048, 2048),
                       .images = {image(1, 1408), image(2, 2560, 2)},
                       .permanent = permanent});
        all.push_back({.name = name + "-2-forever",
                       .about = "2 chunks, any number of updates of both kinds between two images",
                       .layout = layout_of(plan.plan, mixed, 512, 512),
                       .images = {image(1, 600), image(2, 1000)},
                       .updates = 0,
                       .permanent = true,
                       .size = plan.plan == Plan::overwrite ? Size::minutes : Size::long_run});
        all.push_back({.name = name + "-1-journal",
                       .about = "1 chunk, 3 journal banks, and each of the journal's operations cut, too",
                       .layout = with_journal_banks(3, layout_of(plan.plan, {{{1, 512}}}, 512, 512)),
                       .images = {image(1, 400), image(2, 500)},
                       .permanent = permanent,
                       .whole_journal = true,
                       .size = Size::long_run});
        all.push_back({.name = name + "-ra6m4",
                       .about = "the RA6M4's blocks at a sixteenth of their size",
                       .layout = layout_of(plan.plan, {{{6, 512}, {30, 2048}}}, 2048, 2048),
                       .images = {image(1, 60000), image(2, 64512)},
                       .updates = 0,
                       .permanent = true,
                       .size = Size::walk});
    }
    return all;
}

std::vector<std::uint8_t> may_follow(const std::vector<ImageSpec>& images) {
    std::vector<std::uint8_t> all;
    for (const ImageSpec& confirmed : images) {
        unsigned may = 0;
        for (std::size_t i = 0; i < images.size(); ++i) {
            may |= !images[i].rubbish && images[i].counter >= confirmed.counter ? 1U << i : 0U;
        }
        all.push_back(static_cast<std::uint8_t>(may));
    }
    return all;
}

} // namespace outboot::explore

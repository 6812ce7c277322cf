#include "layout/placement.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

using Regions = std::vector<const RegionSpec*>;

std::uint64_t first_fitting(const RegionSpec& region, std::uint64_t cursor, const Geometry& geometry, const Fit& fit) {
    const std::uint32_t align = std::max<std::uint32_t>(1, region.align.value_or(1));
    const auto suits = [&](std::uint64_t at) {
        return at % align == 0 && (fit.spec != &region || at % fit.block == fit.phase);
    };
    std::uint64_t at = geometry.ceil(cursor);
    while (!suits(at) && at < geometry.size()) at = geometry.ceil(at + 1);
    return at;
}

// Where the regions [from, to), all of known size and without `offset`, end if they are placed from `cursor` on.
std::uint64_t end_of_run(const Regions& regions, std::size_t from, std::size_t to, std::uint64_t cursor,
                         const Geometry& geometry, const Fit& fit) {
    for (std::size_t i = from; i < to; ++i)
        cursor = first_fitting(*regions[i], cursor, geometry, fit) + *regions[i]->size;
    return cursor;
}

// The size a `rest` region at `start` gets: all but what those behind it need, up to the next fixed place. 0: none
// left.
std::uint64_t rest_size(const Regions& regions, std::size_t index, std::uint64_t start, const Geometry& geometry,
                        const Fit& fit) {
    std::size_t next = index + 1;
    while (next < regions.size() && !regions[next]->offset && regions[next]->size) ++next;
    std::uint64_t limit = geometry.size();
    if (next < regions.size() && regions[next]->offset) limit = *regions[next]->offset;
    std::uint64_t end = geometry.floor(limit);
    while (end > start && end_of_run(regions, index + 1, next, end, geometry, fit) > limit)
        end = geometry.floor(end - 1);
    return end > start ? end - start : 0;
}

void report_no_room(const Placed& placed, const Geometry& geometry, Memory memory, Diagnostics& diagnostics) {
    const std::uint64_t over = placed.end() - geometry.size();
    const std::string hint =
        over < placed.size
            ? fmt::format("make this region or those before it {} smaller, or one of them \"rest\"", size_text(over))
            : "make the regions before it smaller, or one of them \"rest\"";
    diagnostics.add(
        {Severity::error, placed.spec->line, placed.spec->name, fmt::format("doesn't fit into {}", to_string(memory)),
         fmt::format("ends at {}, {} too far", address_text(placed.end()), size_text(over)),
         fmt::format("{} has {}, to {}", to_string(memory), size_text(geometry.size()), address_text(geometry.size())),
         hint});
}

void report_overlaps(std::vector<Placed> placed, Diagnostics& diagnostics) {
    std::stable_sort(placed.begin(), placed.end(), [](auto& a, auto& b) { return a.offset < b.offset; });
    for (std::size_t i = 0; i < placed.size(); ++i)
        for (std::size_t j = i + 1; j < placed.size() && placed[j].offset < placed[i].end(); ++j) {
            const auto& a = placed[i];
            const auto& b = placed[j];
            const std::uint64_t shared = std::min(a.end(), b.end()) - b.offset;
            diagnostics.add({Severity::error, b.spec->line, b.spec->name,
                             fmt::format("overlaps region '{}' by {}", a.spec->name, size_text(shared)),
                             fmt::format("begins at {}", address_text(b.offset)),
                             fmt::format("'{}' ends at {}", a.spec->name, address_text(a.end())),
                             fmt::format("leave out its offset, or begin at {} or later", address_text(a.end()))});
        }
}

} // namespace

std::vector<Placed> place(const Regions& regions, const Geometry& geometry, Memory memory, const Fit& fit,
                          Diagnostics& diagnostics) {
    std::vector<Placed> placed;
    std::uint64_t cursor = 0;
    for (std::size_t i = 0; i < regions.size(); ++i) {
        const RegionSpec& region = *regions[i];
        Placed here{&region, region.offset ? *region.offset : first_fitting(region, cursor, geometry, fit), 0};
        if (region.rest) {
            here.size = rest_size(regions, i, here.offset, geometry, fit);
            if (here.size == 0) {
                diagnostics.add({Severity::error, region.line, region.name, "nothing remains for it",
                                 "\"rest\" from " + address_text(here.offset) + " is 0 B",
                                 fmt::format("{} has {}", to_string(memory), size_text(geometry.size())),
                                 "make the regions around it smaller"});
                break;
            }
        } else if (region.size) {
            here.size = *region.size;
        } else {
            break;
        }
        if (here.end() > geometry.size()) report_no_room(here, geometry, memory, diagnostics);
        placed.push_back(here);
        cursor = here.end();
    }
    report_overlaps(placed, diagnostics);
    return placed;
}

} // namespace outboot::layouts

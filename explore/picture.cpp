#include "explore/picture.hpp"

#include <algorithm>

#include "core/plan.hpp"
#include "explore/explorer.hpp"
#include "explore/scene.hpp"

namespace outboot::explore {
namespace {

// Does the cell hold what `content` has there, if it stands at `base`?
bool shows(Bytes cell, std::uint32_t at, Bytes content, std::uint32_t base) {
    if (at < base || at - base >= content.size()) return false;
    const auto expected = content.subspan(at - base, std::min<std::size_t>(cell.size(), content.size() - (at - base)));
    return std::equal(expected.begin(), expected.end(), cell.begin());
}

char letter(char first, std::size_t image) {
    return static_cast<char>(first + static_cast<char>(image));
}

char cell_of(const Scene& scene, const Flash& chip, bool inside, std::uint32_t at) {
    const core::Layout& layout = scene.product().layout();
    if (chip.any_torn(at, at + picture_cell_bytes)) return '~';
    if (chip.all(Flash::Unit::erased, at, at + picture_cell_bytes)) return '.';
    const Bytes cell = chip.bytes().subspan(at, picture_cell_bytes);
    for (std::size_t i = 0; i < scene.images().size(); ++i) {
        const Image& image = scene.images()[i];
        if (inside && shows(cell, at, image.plain, layout.primary.base)) return letter('0', i);
        if (!inside && shows(cell, at, image.staged, layout.secondary.base)) return letter('a', i);
        if (!inside && shows(cell, at, scene.backup_of(i), core::backup_base(layout))) return letter('A', i);
    }
    return '?';
}

std::string cells_of(const Scene& scene, const Flash& chip, bool inside) {
    const core::Slot& primary = scene.product().layout().primary;
    const std::uint32_t begin = inside ? primary.base : 0;
    const std::uint32_t end = inside ? primary.base + primary.size : chip.size();
    std::string cells;
    for (std::uint32_t at = begin; at < end; at += picture_cell_bytes) cells += cell_of(scene, chip, inside, at);
    return cells;
}

} // namespace

Picture picture_of(const Geometry& geometry, const std::vector<Step>& history) {
    Picture picture;
    std::vector<std::string> story;
    const auto tell = [&story](const std::string& line, bool) { story.push_back(line); };
    picture.wrong = replay(geometry, history, tell, [&](const Scene& scene, const Device& device) {
        picture.frames.push_back({.story = std::move(story),
                                  .inside = cells_of(scene, device.world.code, true),
                                  .outside = cells_of(scene, device.world.external, false)});
        story.clear();
    });
    if (!story.empty()) picture.frames.push_back({.story = std::move(story), .inside = {}, .outside = {}});
    return picture;
}

} // namespace outboot::explore

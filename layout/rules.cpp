#include "layout/rules.hpp"

#include <algorithm>

#include "layout/rule_set.hpp"

namespace outboot::layouts {

const Region* Rules::find(Role role) const {
    const auto found = std::find_if(regions_.begin(), regions_.end(), [&](const Region& r) { return r.role == role; });
    return found == regions_.end() ? nullptr : &*found;
}

Geometry Rules::geometry(Memory memory) const {
    return geometry_of(memory, *spec_.mcu, spec_.external.get());
}

std::vector<core::BlockRun> Rules::primary_blocks() const {
    const Region* primary = find(Role::primary);
    if (!primary || !spec_.mcu || primary->memory != Memory::code_flash) return {};
    const Geometry flash = geometry(Memory::code_flash);
    if (!flash.on_boundary(primary->offset) || !flash.on_boundary(primary->end())) return {};
    return flash.blocks(primary->offset, primary->end());
}

std::vector<Chunk> Rules::chunks() const {
    const auto blocks = primary_blocks();
    if (blocks.empty() || !spec_.external) return {};
    return chunk_table(blocks, spec_.external->chunk_erase());
}

void Rules::error(const Region& region, std::string problem, std::string value, std::string limit, std::string hint) {
    diagnostics_.add({Severity::error, region.line, region.name, std::move(problem), std::move(value), std::move(limit),
                      std::move(hint)});
}

void Rules::warn(const Region& region, std::string problem, std::string value, std::string limit, std::string hint) {
    diagnostics_.add({Severity::warning, region.line, region.name, std::move(problem), std::move(value),
                      std::move(limit), std::move(hint)});
}

void check(const LayoutSpec& spec, const std::vector<Region>& regions, Diagnostics& diagnostics) {
    Rules rules(spec, regions, diagnostics);
    rules.regions();
    rules.updates();
}

} // namespace outboot::layouts

// LayoutSpec -> Model: places the regions, keeps the rules, derives what the core is built from.
#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "core/key_block.hpp"
#include "layout/fingerprint.hpp"
#include "layout/geometry.hpp"
#include "layout/journal_shape.hpp"
#include "layout/model.hpp"
#include "layout/placement.hpp"
#include "layout/reader.hpp"
#include "layout/rules.hpp"
#include "layout/services.hpp"

namespace outboot::layouts {
namespace {

constexpr std::uint32_t ram_record_bytes = 64; // core/ram_record.hpp

// The secondary slot's preferred place: chunk boundaries on the external chip's chunk erase blocks (design: a full
// update then needs nothing but the largest erases).
Fit secondary_fit(const LayoutSpec& spec, const std::vector<Region>& code_flash_regions) {
    Fit fit;
    if (!spec.external) return fit;
    for (const auto& region : spec.regions)
        if (region.role == Role::secondary) fit.spec = &region;
    for (const auto& region : code_flash_regions)
        if (region.role == Role::primary) {
            fit.block = spec.external->chunk_erase();
            fit.phase = (fit.block - region.size % fit.block) % fit.block;
        }
    return fit;
}

std::vector<Region> place_memory(const LayoutSpec& spec, Memory memory, const Fit& fit, Diagnostics& diagnostics) {
    std::vector<const RegionSpec*> wanted;
    for (const auto& region : spec.regions)
        if (region.memory == memory) wanted.push_back(&region);
    const Geometry geometry = geometry_of(memory, *spec.mcu, spec.external.get());
    std::vector<Region> regions;
    for (const auto& placed : place(wanted, geometry, memory, fit, diagnostics)) {
        const auto offset = static_cast<std::uint32_t>(placed.offset);
        regions.push_back({.name = placed.spec->name,
                           .line = placed.spec->line,
                           .role = placed.spec->role.value_or(Role::application),
                           .memory = memory,
                           .offset = offset,
                           .size = static_cast<std::uint32_t>(placed.size),
                           .address = geometry.address() + offset,
                           .sections = placed.spec->sections});
    }
    return regions;
}

std::vector<Region> place_all(const LayoutSpec& spec, Diagnostics& diagnostics) {
    std::vector<Region> all;
    if (!spec.mcu) return all;
    for (const Memory memory : {Memory::code_flash, Memory::data_flash, Memory::external}) {
        if ((memory == Memory::external && !spec.external) || !has_memory(memory, *spec.mcu)) continue;
        const auto placed = place_memory(spec, memory, secondary_fit(spec, all), diagnostics);
        all.insert(all.end(), placed.begin(), placed.end());
    }
    std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.line < b.line; });
    return all;
}

core::Slot slot_of(const Region* region) {
    return region ? core::Slot{region->offset, region->size} : core::Slot{};
}

core::Layout derive_core(const LayoutSpec& spec, const Model& model) {
    const McuPart& mcu = *spec.mcu;
    const NorPart& nor = *spec.external;
    const Region& primary = model.primary();
    const Region* hole = model.find(*spec.plan == core::Plan::scratch ? Role::scratch : Role::hole);
    const Region& bootloader = *model.find(Role::bootloader);
    core::Layout core;
    core.plan = *spec.plan;
    core.code_flash_address = mcu.code_flash.address;
    core.primary = slot_of(&primary);
    const auto blocks = geometry_of(Memory::code_flash, mcu, nullptr).blocks(primary.offset, primary.end());
    std::copy(blocks.begin(), blocks.end(), core.primary_blocks.begin());
    core.primary_program_unit = mcu.code_flash.program_unit;
    core.header_size = *spec.header_size;
    core.secondary = slot_of(model.find(Role::secondary));
    core.hole = slot_of(hole);
    core.external_erase_block = nor.erases.front().size;
    core.external_chunk_block = nor.chunk_erase();
    core.chunk_bytes = core::chunk_limit(core);
    core.external_size = nor.size;
    core.external_jedec_id = nor.jedec_id & nor.jedec_id_mask;
    core.external_jedec_id_mask = nor.jedec_id_mask;
    core.journal = slot_of(model.find(Role::journal));
    const Region& journal = *model.find(Role::journal);
    const auto journal_blocks = geometry_of(journal.memory, mcu, nullptr).blocks(journal.offset, journal.end());
    core.journal_program_unit = journal_shape::mark_unit(journal_flash(mcu).program_unit);
    core.journal_bank_bytes = journal_blocks.front().size;
    core.journal_banks = journal_shape::banks;
    core.journal_record_bytes = journal_shape::record_room(core.journal_bank_bytes);
    core.keys_address = bootloader.address + bootloader.size - static_cast<std::uint32_t>(core::key_block::size_bytes);
    core.services = spec.services;
    if (core.services != 0) core.service_table_address = core.keys_address - service_table_room;
    core.ram_record_address = static_cast<std::uint32_t>(mcu.ram.end()) - ram_record_bytes;
    core.encryption_required = spec.encrypted_updates.value_or(*spec.encryption != Encryption::none);
    core.overwrite_broken_primary = spec.overwrite_broken_primary;
    return core;
}

Model make_model(const LayoutSpec& spec, std::vector<Region> regions, const std::string& file) {
    Model model;
    model.file = file;
    model.name = spec.name;
    model.mcu = spec.mcu;
    model.external = spec.external;
    model.signature = *spec.signature;
    model.encryption = *spec.encryption;
    model.fast_crypto = spec.fast_crypto;
    model.regions = std::move(regions);
    model.core = derive_core(spec, model);
    const Region& primary = model.primary();
    model.chunks =
        chunk_table(geometry_of(Memory::code_flash, *spec.mcu, nullptr).blocks(primary.offset, primary.end()),
                    model.core.external_chunk_block);
    model.max_image = std::min({primary.size, model.core.secondary.size, spec.max_image.value_or(primary.size)});
    model.core.fingerprint = fingerprint_of(model);
    return model;
}

} // namespace

const Region* Model::find(Role role) const {
    const auto found =
        std::find_if(regions.begin(), regions.end(), [&](const Region& each) { return each.role == role; });
    return found == regions.end() ? nullptr : &*found;
}

Loaded parse(std::string_view text, const std::string& file) {
    Loaded loaded;
    auto& diagnostics = loaded.diagnostics;
    const auto spec = read_spec(text, file, diagnostics);
    if (!spec) return loaded;
    auto regions = place_all(*spec, diagnostics);
    check(*spec, regions, diagnostics);
    diagnostics.sort_by_line();
    if (!diagnostics.failed()) loaded.model = make_model(*spec, std::move(regions), file);
    return loaded;
}

Loaded load(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    if (in) text << in.rdbuf();
    if (!in || in.bad() || text.fail()) {
        Loaded loaded;
        loaded.diagnostics.add(
            {Severity::error, 0, {}, "can't be read", {}, {}, "check the name and the permissions of the layout file"});
        return loaded;
    }
    return parse(text.str(), path);
}

} // namespace outboot::layouts

#include "layout/rules.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/key_block.hpp"
#include "format/image.hpp"
#include "format/service_table.h"
#include "layout/geometry.hpp"
#include "layout/journal_shape.hpp"
#include "layout/text.hpp"

namespace outboot::layouts {
namespace {

// What the bootloader with everything in it may take of the flash (README, "Budgets").
constexpr std::uint32_t bootloader_budget = 12 * 1024;

class Rules {
  public:
    Rules(const LayoutSpec& spec, const std::vector<Region>& regions, Diagnostics& diagnostics)
        : spec_(spec), regions_(regions), diagnostics_(diagnostics) {}

    void run() {
        names();
        roles();
        if (spec_.mcu)
            for (const auto& region : regions_) boundaries(region);
        bootloader();
        header();
        secondary();
        chunk_size();
        chunk_alignment();
        spare_room();
        journal();
        policy();
        services();
    }

  private:
    void names();
    void roles();
    void role_occurs(Role role, bool wanted);
    void boundaries(const Region& region);
    void bootloader();
    void header();
    void secondary();
    void chunk_size();
    void chunk_alignment();
    void spare_room();
    void journal();
    void policy();
    void services();

    [[nodiscard]] const Region* find(Role role) const {
        const auto found =
            std::find_if(regions_.begin(), regions_.end(), [&](const Region& r) { return r.role == role; });
        return found == regions_.end() ? nullptr : &*found;
    }

    // The erase blocks of the primary slot; none unless it could be placed on their boundaries.
    [[nodiscard]] std::vector<core::BlockRun> primary_blocks() const {
        const Region* primary = find(Role::primary);
        if (!primary || !spec_.mcu || primary->memory != Memory::code_flash) return {};
        const Geometry geometry = geometry_of(Memory::code_flash, *spec_.mcu, nullptr);
        if (!geometry.on_boundary(primary->offset) || !geometry.on_boundary(primary->end())) return {};
        return geometry.blocks(primary->offset, primary->end());
    }

    [[nodiscard]] std::vector<Chunk> chunks() const {
        const auto blocks = primary_blocks();
        return blocks.empty() ? std::vector<Chunk>{} : chunk_table(blocks, chunk_erase_block);
    }

    void error(const Region& region, std::string problem, std::string value, std::string limit, std::string hint) {
        diagnostics_.add({Severity::error, region.line, region.name, std::move(problem), std::move(value),
                          std::move(limit), std::move(hint)});
    }
    void warn(const Region& region, std::string problem, std::string value, std::string limit, std::string hint) {
        diagnostics_.add({Severity::warning, region.line, region.name, std::move(problem), std::move(value),
                          std::move(limit), std::move(hint)});
    }

    const LayoutSpec& spec_;
    const std::vector<Region>& regions_;
    Diagnostics& diagnostics_;
};

bool is_identifier(const std::string& name) {
    if (name.empty() || name.front() < 'a' || name.front() > 'z') return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// A region's name becomes a C++ constant, a linker memory (upper case) and an output section (with a dot).
void Rules::names() {
    static const std::set<std::string> taken{
        "flash",    "ram",       "keys",   "text",   "rodata",   "data",      "bss",      "stack",
        "heap",     "default",   "switch", "new",    "delete",   "class",     "struct",   "union",
        "static",   "const",     "auto",   "void",   "int",      "char",      "short",    "long",
        "float",    "double",    "bool",   "public", "private",  "protected", "template", "this",
        "operator", "namespace", "using",  "export", "register", "volatile",  "return",   "if",
        "else",     "for",       "while",  "do",     "break",    "continue",  "case",     "goto",
        "enum",     "extern",    "inline", "true",   "false",    "try",       "catch",    "throw"};
    std::set<std::string> seen;
    for (const auto& region : spec_.regions) {
        if (region.name.empty()) continue; // reported as missing
        if (!is_identifier(region.name))
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              "the name can't be used in C++ and linker scripts",
                              {},
                              "small letters, digits and _, a letter first",
                              "rename the region"});
        if (taken.contains(region.name))
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              "the name is taken, by C++ or by the linker scripts",
                              {},
                              {},
                              fmt::format("call it '{}_region'", region.name)});
        if (!seen.insert(region.name).second)
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              "the name occurs twice",
                              {},
                              {},
                              "every region needs a name of its own"});
    }
}

void Rules::role_occurs(Role role, bool wanted) {
    const RegionSpec* first = nullptr;
    for (const auto& region : spec_.regions) {
        if (region.role != role) continue;
        if (!wanted)
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              fmt::format("plan {} has no use for a {}", to_string(*spec_.plan), to_string(role)),
                              {},
                              {},
                              "remove the region or make its role \"application\""});
        else if (first)
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              fmt::format("a second {}, after '{}'", to_string(role), first->name),
                              {},
                              "exactly one",
                              "remove one of them"});
        if (!first) first = &region;
    }
    if (wanted && !first)
        diagnostics_.add({Severity::error,
                          0,
                          {},
                          fmt::format("no region has the role {}", to_string(role)),
                          {},
                          "exactly one",
                          fmt::format("add a [[region]] with role = \"{}\"", to_string(role))});
}

void Rules::roles() {
    for (const Role role : {Role::bootloader, Role::primary, Role::secondary, Role::journal}) role_occurs(role, true);
    if (spec_.plan) {
        role_occurs(Role::hole, *spec_.plan == core::Plan::offset);
        role_occurs(Role::scratch, *spec_.plan == core::Plan::scratch);
    }
    for (const auto& region : spec_.regions) {
        if (!region.role || !region.memory || *region.role == Role::application) continue;
        Memory wanted = Memory::external;
        if (*region.role == Role::bootloader || *region.role == Role::primary) wanted = Memory::code_flash;
        if (*region.role == Role::journal) wanted = Memory::data_flash;
        if (*region.memory != wanted)
            diagnostics_.add({Severity::error, region.line, region.name,
                              fmt::format("a {} can't lie there", to_string(*region.role)), to_string(*region.memory),
                              to_string(wanted), fmt::format("write memory = \"{}\"", to_string(wanted))});
    }
}

void Rules::boundaries(const Region& region) {
    const Geometry geometry = geometry_of(region.memory, *spec_.mcu, spec_.external);
    if (region.size == 0) {
        error(region, "has no size", "0 B", fmt::format("at least {}", size_text(geometry.smallest_block())),
              "give it a size, or remove it");
        return;
    }
    if (!geometry.on_boundary(region.offset))
        error(region, "doesn't begin on an erase-block boundary", address_text(region.offset),
              fmt::format("{}: {}", to_string(region.memory), geometry.describe()),
              fmt::format("begin at {} or {}", address_text(geometry.floor(region.offset)),
                          address_text(geometry.ceil(region.offset))));
    if (!geometry.on_boundary(region.end())) {
        const auto shorter = static_cast<std::uint32_t>(
            geometry.floor(region.end()) - std::min<std::uint64_t>(region.offset, geometry.floor(region.end())));
        const auto longer = static_cast<std::uint32_t>(geometry.ceil(region.end()) - region.offset);
        error(region, "doesn't end on an erase-block boundary", address_text(region.end()),
              fmt::format("{}: {}", to_string(region.memory), geometry.describe()),
              shorter > 0 ? fmt::format("make its size \"{}\" or \"{}\"", size_literal(shorter), size_literal(longer))
                          : fmt::format("make its size \"{}\"", size_literal(longer)));
    }
}

void Rules::bootloader() {
    const Region* region = find(Role::bootloader);
    if (!region || region->memory != Memory::code_flash) return;
    if (region->offset != 0)
        error(*region, "doesn't begin where the MCU starts", address_text(region->offset), "0x0",
              "make it the first region of code_flash");
    const auto needed = bootloader_budget + static_cast<std::uint32_t>(core::key_block::size_bytes);
    if (region->size < needed)
        error(*region, "too small for the bootloader and its key block", size_text(region->size),
              fmt::format("at least {}", size_text(needed)), "make its size \"16K\"");
}

void Rules::header() {
    if (!spec_.header_size || !spec_.mcu) return;
    const std::uint32_t size = *spec_.header_size;
    const auto fail = [&](std::string problem, std::string limit, std::string hint) {
        diagnostics_.add({Severity::error,
                          spec_.header_size_line,
                          {},
                          std::move(problem),
                          address_text(size),
                          std::move(limit),
                          std::move(hint)});
    };
    if (size < format::header_bytes || size > 0xffff || size % 16 != 0) {
        fail("header_size can't be stored or encrypted behind", "32 to 65,520, a multiple of 16",
             "write header_size = 0x200");
        return;
    }
    const Region* primary = find(Role::primary);
    const std::uint32_t align = spec_.mcu->vector_table_align;
    if (primary && (primary->address + size) % align != 0)
        fail(fmt::format("the application's vector table would stand at {}", address_text(primary->address + size)),
             fmt::format("a multiple of {}", address_text(align)),
             fmt::format("write header_size = {}", address_text((size + align - 1) / align * align)));
}

// A secondary slot smaller than the primary limits every image: allowed if the file says so itself.
void Rules::secondary() {
    const Region* primary = find(Role::primary);
    const Region* secondary = find(Role::secondary);
    if (!primary || !secondary || secondary->memory != Memory::external) return;
    const std::uint32_t room = std::min(primary->size, secondary->size);
    const std::uint32_t wanted = spec_.max_image.value_or(primary->size);
    if (spec_.max_image && *spec_.max_image > room) {
        diagnostics_.add({Severity::error,
                          spec_.max_image_line,
                          {},
                          "[image] max_size is more than both slots hold",
                          size_text(wanted),
                          fmt::format("at most {}", size_text(room)),
                          fmt::format("write max_size = \"{}\", or enlarge the smaller slot", size_literal(room))});
    } else if (wanted > secondary->size) {
        error(*secondary, "smaller than an image that fills the primary slot", size_text(secondary->size),
              fmt::format("at least {}", size_text(wanted)),
              fmt::format("make it \"{}\", or say with [image] max_size = \"{}\" that images will never be larger",
                          size_literal(wanted), size_literal(secondary->size)));
    }
    const std::uint32_t least = spec_.header_size.value_or(0) + tlv_room;
    if (std::min(room, wanted) <= least)
        error(*secondary, "no image fits the slots", size_text(std::min(room, wanted)),
              fmt::format("more than {}", size_text(least)), "enlarge the slots");
    if (secondary->size > primary->size)
        warn(*secondary, "larger than the primary slot; the rest is never used", size_text(secondary->size),
             size_text(primary->size), fmt::format("make its size \"{}\"", size_literal(primary->size)));
}

// No part in the catalogue has blocks that fail here; one with large blocks below small ones would.
void Rules::chunk_size() {
    if (primary_blocks().empty() || !chunks().empty()) return;
    const Region& primary = *find(Role::primary);
    error(primary, "its erase blocks don't make up chunks of one size, counted from its top", size_text(primary.size),
          "only the lowest chunk may be shorter", "begin or end it on another erase block");
}

// What misaligned chunks cost: erasing in small blocks what one large erase could do.
void Rules::chunk_alignment() {
    const auto table = chunks();
    if (table.empty() || !spec_.external || !spec_.plan) return;
    const auto& small = spec_.external->erases[0];
    const auto& large = spec_.external->erases[1];
    const auto cost = [&](std::uint32_t count) {
        const double per_chunk = static_cast<double>(large.size) / small.size * small.typical_ms - large.typical_ms;
        return fmt::format("every update takes about {:.0f} s longer, erasing in {} blocks", count * per_chunk / 1000,
                           size_text(small.size));
    };
    const auto count = static_cast<std::uint32_t>(table.size());
    if (const Region* region = find(Role::secondary); region && region->memory == Memory::external) {
        const std::uint32_t first = (region->offset + table.front().size) % chunk_erase_block;
        const std::uint32_t phase = (chunk_erase_block - table.front().size % chunk_erase_block) % chunk_erase_block;
        if (first != 0)
            warn(*region, "its chunks don't lie on 32 KB erase blocks", address_text(region->offset),
                 fmt::format("an offset of {} more than a multiple of 32 KB", size_text(phase)),
                 cost(count) + "; leave out its offset to have it placed well");
    }
    const Region* spare = find(*spec_.plan == core::Plan::scratch ? Role::scratch : Role::hole);
    if (spare && spare->role == Role::hole && spare->size % chunk_erase_block != 0)
        warn(*spare, "moves the backup off the 32 KB erase blocks", size_text(spare->size), "a multiple of 32 KB",
             cost(count));
    if (spare && spare->role == Role::scratch && spare->offset % chunk_erase_block != 0)
        warn(*spare, "doesn't begin on a 32 KB erase block", address_text(spare->offset), "a multiple of 0x8000",
             cost(count));
}

void Rules::spare_room() {
    if (!spec_.plan || *spec_.plan == core::Plan::overwrite) return;
    const Region* spare = find(*spec_.plan == core::Plan::scratch ? Role::scratch : Role::hole);
    if (!spare) return;
    std::uint32_t largest = 0;
    for (const auto& chunk : chunks()) largest = std::max(largest, chunk.size);
    if (spare->size < largest)
        error(*spare, "smaller than the largest chunk that is moved through it", size_text(spare->size),
              fmt::format("at least {}", size_text(largest)),
              fmt::format("make its size \"{}\"", size_literal(largest)));
    const Region* secondary = find(Role::secondary);
    if (spare->role == Role::hole && secondary && spare->offset != secondary->end())
        error(*spare, "doesn't adjoin the end of the secondary slot",
              fmt::format("begins at {}", address_text(spare->offset)),
              fmt::format("'{}' ends at {}", secondary->name, address_text(secondary->end())),
              "put it right behind the secondary slot, without an offset; where that can't be, use plan = \"scratch\"");
}

void Rules::journal() {
    const Region* region = find(Role::journal);
    if (!region || !spec_.mcu || region->memory != Memory::data_flash) return;
    const std::uint32_t needed = journal_shape::size_bytes(spec_.mcu->data_flash_blocks.size);
    if (region->size < needed)
        error(*region, "too small for the journal", size_text(region->size),
              fmt::format("at least {}", size_text(needed)), fmt::format("make its size \"{}\"", size_literal(needed)));
    if (region->size > needed)
        warn(*region, "larger than the journal; the rest is never used", size_text(region->size), size_text(needed),
             fmt::format("make its size \"{}\"", size_literal(needed)));
}

void Rules::policy() {
    if (spec_.encryption == Encryption::none && spec_.encrypted_updates.value_or(false))
        diagnostics_.add({Severity::error,
                          spec_.policy_line,
                          {},
                          "encrypted_updates is true, but [crypto] encryption is \"none\"",
                          {},
                          {},
                          "choose encryption = \"ecies-p256-aes128\", or encrypted_updates = false"});
    for (const auto& region : spec_.regions)
        if (!region.sections.empty() && region.role && *region.role != Role::application)
            diagnostics_.add({Severity::error,
                              region.line,
                              region.name,
                              "only application regions can name linker sections",
                              {},
                              {},
                              "remove 'sections'"});
}

void Rules::services() {
    const auto offers = [&](int service) { return (spec_.services >> service & 1) != 0; };
    const auto fail = [&](std::string problem, std::string hint) {
        diagnostics_.add({Severity::error, spec_.services_line, {}, std::move(problem), {}, {}, std::move(hint)});
    };
    if (offers(outboot_service_aes) && !spec_.fast_crypto)
        fail("service 'aes' isn't in the cryptography built for size", "write [crypto] optimize = \"speed\"");
    if (offers(outboot_service_aes_decrypt) && !offers(outboot_service_aes))
        fail("service 'aes-decrypt' needs service 'aes'", "offer \"aes\", too");
}

} // namespace

void check(const LayoutSpec& spec, const std::vector<Region>& regions, Diagnostics& diagnostics) {
    Rules(spec, regions, diagnostics).run();
}

} // namespace outboot::layouts

// made by outboot layout emit from layout-services.toml, do not edit
// layout fingerprint 670fb664691896f0
#pragma once

#include "core/layout.hpp"

namespace outboot {

inline constexpr core::Layout layout{
    .fingerprint = {0x67, 0x0f, 0xb6, 0x64, 0x69, 0x18, 0x96, 0xf0},
    .plan = core::Plan::offset,
    .code_flash_address = 0x0,
    .primary = {.base = 0x4000, .size = 0xfc000},
    .chunk_bytes = 0x8000,
    .primary_blocks = {{{.count = 6, .size = 0x2000}, {.count = 30, .size = 0x8000}}},
    .primary_program_unit = 0x80,
    .header_size = 0x200,
    .secondary = {.base = 0xfc000, .size = 0xfc000},
    .hole = {.base = 0x1f8000, .size = 0x8000},
    .external_erase_block = 0x1000,
    .external_chunk_block = 0x8000,
    .external_size = 0x200000,
    .external_jedec_id = 0xef4015,
    .external_jedec_id_mask = 0xffcfff,
    .journal = {.base = 0x1c00, .size = 0x400},
    .journal_program_unit = 0x4,
    .journal_bank_bytes = 0x40,
    .journal_banks = 0x6,
    .journal_record_bytes = 0x140,
    .keys_address = 0x3f00,
    .ram_record_address = 0x2003ffc0,
    .service_table_address = 0x3e90,
    .services = 0x1ff,
    .encryption_required = true,
    .overwrite_broken_primary = true,
};

namespace regions {
inline constexpr core::Region bootloader{.address = 0x0, .size = 0x4000, .offset = 0x0};
inline constexpr core::Region primary{.address = 0x4000, .size = 0xfc000, .offset = 0x4000};
inline constexpr core::Region parameters{.address = 0x8000000, .size = 0x1c00, .offset = 0x0};
inline constexpr core::Region journal{.address = 0x8001c00, .size = 0x400, .offset = 0x1c00};
inline constexpr core::Region files{.address = 0x60000000, .size = 0xf4000, .offset = 0x0};
inline constexpr core::Region assets{.address = 0x600f4000, .size = 0x8000, .offset = 0xf4000};
inline constexpr core::Region secondary{.address = 0x600fc000, .size = 0xfc000, .offset = 0xfc000};
inline constexpr core::Region hole{.address = 0x601f8000, .size = 0x8000, .offset = 0x1f8000};
} // namespace regions

} // namespace outboot

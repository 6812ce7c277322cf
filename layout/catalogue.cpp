#include "layout/catalogue.hpp"

#include <algorithm>

namespace outboot::layouts {
namespace {

constexpr std::uint32_t kib = 1024;

// Renesas RA6M4 Group User's Manual: Hardware (R01UH0890), "Flash Memory" and "Address Space"; code flash in linear
// mode. 16 system and 96 external vectors (device header R7FA6M4AF) are 448 bytes: VTOR wants the next power of two.
const McuPart r7fa6m4af{.name = "R7FA6M4AF",
                        .code_flash_address = 0x00000000,
                        .code_flash_blocks = {{8, 8 * kib}, {30, 32 * kib}},
                        .code_flash_program_unit = 128,
                        .data_flash_address = 0x08000000,
                        .data_flash_blocks = {128, 64},
                        .data_flash_program_unit = 4,
                        .ram = {0x20000000, 256 * kib},
                        .option_setting = {0x0100a100, 0x200},
                        .external_window = {0x60000000, 64 * 1024 * kib},
                        .vector_table_align = 512};

// Winbond W25Q16JV: the -IQ variant answers EF 40 15, -IM EF 70 15; the mask lets both pass.
const NorPart w25q16jv{.name = "W25Q16JV",
                       .size = 2048 * kib,
                       .address_bytes = 3,
                       .erases = {{{4 * kib, 45}, {32 * kib, 120}, {64 * kib, 150}}},
                       .jedec_id = 0x00ef4015,
                       .jedec_id_mask = 0x00ffcfff};

const NorPart mx25r1635f{.name = "MX25R1635F",
                         .size = 2048 * kib,
                         .address_bytes = 3,
                         .erases = {{{4 * kib, 58}, {32 * kib, 240}, {64 * kib, 480}}},
                         .jedec_id = 0x00c22815,
                         .jedec_id_mask = 0x00ffffff};

const NorPart mx25l25645g{.name = "MX25L25645G",
                          .size = 32 * 1024 * kib,
                          .address_bytes = 4,
                          .erases = {{{4 * kib, 25}, {32 * kib, 140}, {64 * kib, 220}}},
                          .jedec_id = 0x00c22019,
                          .jedec_id_mask = 0x00ffffff};

template <class Part>
const Part* find(const std::vector<Part>& parts, const std::string& name) {
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const Part& part) { return part.name == name; });
    return found == parts.end() ? nullptr : &*found;
}

} // namespace

const std::vector<McuPart>& mcu_parts() {
    static const std::vector<McuPart> parts{r7fa6m4af};
    return parts;
}

const std::vector<NorPart>& nor_parts() {
    static const std::vector<NorPart> parts{w25q16jv, mx25r1635f, mx25l25645g};
    return parts;
}

const McuPart* find_mcu(const std::string& name) {
    return find(mcu_parts(), name);
}
const NorPart* find_nor(const std::string& name) {
    return find(nor_parts(), name);
}

} // namespace outboot::layouts

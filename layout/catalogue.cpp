#include "layout/catalogue.hpp"

#include <algorithm>

namespace outboot::layouts {
namespace {

constexpr std::uint32_t kib = 1024;
constexpr std::uint32_t mib = 1024 * kib;

// Renesas RA6M4 Group User's Manual: Hardware (R01UH0890), "Flash Memory" and "Address Space"; code flash in linear
// mode. Sizes by the letter: D 512 KB, E 768 KB, F 1 MB. 16 system and 96 external vectors (device header R7FA6M4AF)
// are 448 bytes: VTOR wants the next power of two. Times at FCLK 20 to 50 MHz.
McuPart ra6m4(std::string name, std::uint32_t blocks_of_32k) {
    return {.name = std::move(name),
            .code_flash = {.address = 0x00000000,
                           .blocks = {{8, 8 * kib}, {blocks_of_32k, 32 * kib}},
                           .program_unit = 128,
                           .erase_times = {{8 * kib, 43'000}, {32 * kib, 157'000}},
                           .program_us = 340,
                           .cycles = 10'000},
            .data_flash = {.address = 0x08000000,
                           .blocks = {{128, 64}},
                           .program_unit = 4,
                           .erase_times = {{64, 1'700}},
                           .program_us = 160,
                           .cycles = 100'000},
            .ram = {0x20000000, 256 * kib},
            .option_setting = {0x0100a100, 0x200},
            .external_window = {0x60000000, 64 * mib},
            .vector_table_align = 512,
            .fsp = FspWindows{
                .sdram = {0x90000000, 0}, .ospi_0 = {0x68000000, 128 * mib}, .ospi_1 = {0x70000000, 256 * mib}}};
}

// Parts without a port yet: a layout for them can be described, checked, drawn and emitted. None has data flash, so the
// journal takes blocks of the code flash. Times and cycles are for estimates
// only: the RA6M4's as published, those of the others of the usual size and not held against their data sheets.

// nRF5340 application core: uniform 4 KB pages, 4-byte writes; UICR is its option-setting memory; 69 interrupts.
McuPart nrf5340() {
    return {.name = "nRF5340",
            .code_flash = {.address = 0x00000000,
                           .blocks = {{256, 4 * kib}},
                           .program_unit = 4,
                           .erase_times = {{4 * kib, 87'500}},
                           .program_us = 43,
                           .cycles = 10'000},
            .data_flash = {},
            .ram = {0x20000000, 512 * kib},
            .option_setting = {0x00ff8000, 4 * kib},
            .external_window = {0x10000000, 128 * mib},
            .vector_table_align = 512};
}

// STM32H743xI: sixteen sectors of 128 KB in two banks, 32-byte flash words with ECC; option bytes aren't mapped; 150
// interrupts.
McuPart stm32h743xi() {
    return {.name = "STM32H743xI",
            .code_flash = {.address = 0x08000000,
                           .blocks = {{16, 128 * kib}},
                           .program_unit = 32,
                           .erase_times = {{128 * kib, 1'100'000}},
                           .program_us = 100,
                           .cycles = 10'000},
            .data_flash = {},
            .ram = {0x24000000, 512 * kib},
            .option_setting = {},
            .external_window = {0x90000000, 256 * mib},
            .vector_table_align = 1024};
}

// STM32U585xI: 8 KB pages in two banks, programmed by quad-words of 16 bytes with ECC; 141 interrupts.
McuPart stm32u585xi() {
    return {.name = "STM32U585xI",
            .code_flash = {.address = 0x08000000,
                           .blocks = {{256, 8 * kib}},
                           .program_unit = 16,
                           .erase_times = {{8 * kib, 1'500}},
                           .program_us = 118,
                           .cycles = 10'000},
            .data_flash = {},
            .ram = {0x20000000, 768 * kib},
            .option_setting = {},
            .external_window = {0x90000000, 256 * mib},
            .vector_table_align = 1024};
}

// Winbond W25Q16JV: the -IQ variant answers EF 40 15, -IM EF 70 15; the mask lets both pass.
NorPart w25q16jv() {
    return {.name = "W25Q16JV",
            .size = 2 * mib,
            .address_bytes = 3,
            .erases = {{4 * kib, 45, 0x20}, {32 * kib, 120, 0x52}, {64 * kib, 150, 0xd8}},
            .page_us = 400,
            .cycles = 100'000,
            .jedec_id = 0x00ef4015,
            .jedec_id_mask = 0x00ffcfff};
}

// Macronix MX25R1635F, in its high-performance mode.
NorPart mx25r1635f() {
    return {.name = "MX25R1635F",
            .size = 2 * mib,
            .address_bytes = 3,
            .erases = {{4 * kib, 58, 0x20}, {32 * kib, 240, 0x52}, {64 * kib, 480, 0xd8}},
            .page_us = 900,
            .cycles = 100'000,
            .jedec_id = 0x00c22815,
            .jedec_id_mask = 0x00ffffff};
}

// Macronix MX25L25645G, by its 4-byte opcodes.
NorPart mx25l25645g() {
    return {.name = "MX25L25645G",
            .size = 32 * mib,
            .address_bytes = 4,
            .erases = {{4 * kib, 25, 0x21}, {32 * kib, 140, 0x5c}, {64 * kib, 220, 0xdc}},
            .page_us = 150,
            .cycles = 100'000,
            .jedec_id = 0x00c22019,
            .jedec_id_mask = 0x00ffffff};
}

template <class Part>
std::shared_ptr<const Part> find(const std::vector<std::shared_ptr<const Part>>& parts, const std::string& name) {
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const auto& part) { return part->name == name; });
    return found == parts.end() ? nullptr : *found;
}

template <class Part>
std::shared_ptr<const Part> entry(Part part) {
    return std::make_shared<const Part>(std::move(part));
}

} // namespace

std::uint32_t FlashPart::size() const {
    std::uint32_t bytes = 0;
    for (const auto& run : blocks) bytes += run.count * run.size;
    return bytes;
}

std::uint32_t FlashPart::erase_us(std::uint32_t block) const {
    for (const auto& time : erase_times)
        if (time.block == block) return time.typical_us;
    return 0;
}

std::uint32_t NorPart::chunk_erase() const {
    std::uint32_t chosen = erases.front().size;
    for (const auto& erase : erases)
        if (erase.size <= 32 * kib) chosen = erase.size;
    return chosen;
}

const std::vector<McuPointer>& mcu_parts() {
    static const std::vector<McuPointer> parts{entry(ra6m4("R7FA6M4AD", 14)), entry(ra6m4("R7FA6M4AE", 22)),
                                               entry(ra6m4("R7FA6M4AF", 30)), entry(nrf5340()),
                                               entry(stm32h743xi()),          entry(stm32u585xi())};
    return parts;
}

const std::vector<NorPointer>& nor_parts() {
    static const std::vector<NorPointer> parts{entry(w25q16jv()), entry(mx25r1635f()), entry(mx25l25645g())};
    return parts;
}

McuPointer find_mcu(const std::string& name) {
    return find(mcu_parts(), name);
}
NorPointer find_nor(const std::string& name) {
    return find(nor_parts(), name);
}

} // namespace outboot::layouts

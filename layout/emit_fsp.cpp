// memory_regions.ld as an application project of Renesas's FSP expects it of its bootloader: put it in place of the
// file of that name, and the project's own fsp.ld links for this layout.
#include <fmt/format.h>

#include "layout/emit.hpp"

namespace outboot::layouts {
namespace {

// FSP knows one window per memory: the region that the application fills when it is linked, else the first one.
AddressRange window(const Model& model, Memory memory) {
    const Region* chosen = nullptr;
    for (const auto& region : model.regions) {
        if (region.memory != memory || region.role != Role::application) continue;
        if (!chosen || (chosen->sections.empty() && !region.sections.empty())) chosen = &region;
    }
    return chosen ? chosen->range() : AddressRange{};
}

} // namespace

std::string fsp_memory_regions(const Model& model) {
    const McuPart& mcu = *model.mcu;
    const core::Layout& core = model.core;
    const auto notice = emitted_notice(model);
    std::string text = fmt::format("/* {}\n   {} */\n", notice[0], notice[1]);
    const auto symbol = [&](std::string_view name, std::uint64_t value) {
        text += fmt::format("{} = {:#010x};\n", name, value);
    };
    const auto memory = [&](const std::string& name, const AddressRange& range) {
        symbol(name + "_START", range.address);
        symbol(name + "_LENGTH", range.size);
    };
    text += "\n/* What the MCU has, less what belongs to the bootloader: its RAM record, its journal. */\n";
    memory("RAM", {mcu.ram.address, core.ram_record_address - mcu.ram.address});
    memory("FLASH", {mcu.code_flash.address, mcu.code_flash.size()});
    memory("DATA_FLASH", window(model, Memory::data_flash));
    const std::uint32_t half = mcu.option_setting.size / 2;
    memory("OPTION_SETTING", {mcu.option_setting.address, half});
    memory("OPTION_SETTING_S", {mcu.option_setting.address + half, half});
    memory("ID_CODE", {});
    memory("SDRAM", mcu.fsp->sdram);
    memory("QSPI_FLASH", window(model, Memory::external));
    memory("OSPI_DEVICE_0", mcu.fsp->ospi_0);
    memory("OSPI_DEVICE_1", mcu.fsp->ospi_1);

    const std::uint32_t start = model.application_address();
    const std::uint32_t length = model.max_image - core.header_size - tlv_room;
    text += "\n/* The image: what fsp.ld would have from the bootloader project. No second slot to run from, no\n"
            "   non-secure part. */\n";
    symbol("FLASH_IMAGE_START", start);
    symbol("FLASH_IMAGE_LENGTH", length);
    symbol("FLASH_IMAGE_END", std::uint64_t{start} + length);
    symbol("XIP_SECONDARY_FLASH_IMAGE_START", 0);
    for (const char* name : {"FLASH_NS_START", "FLASH_NSC_START", "FLASH_NS_IMAGE_START"})
        symbol(name, std::uint64_t{start} + length);
    for (const char* name : {"RAM_NS_START", "RAM_NSC_START"}) symbol(name, core.ram_record_address);
    text += "\n/* Kept though nothing calls for it: `outboot sign` holds it against the layout\n"
            "   (outboot_fingerprint.c). */\nEXTERN(outboot_layout_fingerprint)\n";
    return text;
}

} // namespace outboot::layouts

// The arguments with which MCUboot's imgtool, or `outboot sign` without a layout, makes an image that fits.
#include <fmt/format.h>

#include "format/image.hpp"
#include "layout/emit.hpp"
#include "layout/fingerprint.hpp"

namespace outboot::layouts {

std::string imgtool_arguments(const Model& model) {
    const core::Layout& core = model.core;
    std::string text;
    for (const auto& line : emitted_notice(model)) text += fmt::format("# {}\n", line);
    text += fmt::format(
        "# imgtool sign $(grep -v '^#' imgtool.args) -k KEY{} -v VERSION -s COUNTER PROGRAM.bin IMAGE\n"
        "# PROGRAM.bin: without the sections of data flash, external flash and option-setting memory\n"
        "# (arm-none-eabi-objcopy -O binary -R ...); `outboot sign --layout` takes the ELF and sorts them out itself.\n"
        "# --overwrite-only: outboot keeps no trailer in the slot. imgtool still counts 32 bytes of one, so its "
        "largest\n"
        "# image is that much smaller. --align: upstream imgtool takes 32 at most, and this MCU programs {} bytes at "
        "a\n"
        "# time; the number only shapes the trailer, so 8 is right for every MCU. Never add --pad or --confirm: they\n"
        "# write one.\n",
        model.encryption == Encryption::none ? "" : " -E DEVICE_PUBLIC_KEY", core.primary_program_unit);
    text += fmt::format("--header-size {:#x}\n--pad-header\n--slot-size {:#x}\n--align 8\n--overwrite-only\n",
                        core.header_size, model.max_image);
    text += fmt::format("--rom-fixed {:#x}\n", model.primary().address);
    text += fmt::format("--custom-tlv {:#x} 0x{}\n", format::tlv::layout_fingerprint, to_hex(core.fingerprint));
    return text;
}

} // namespace outboot::layouts

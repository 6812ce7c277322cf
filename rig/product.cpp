#include "rig/product.hpp"

#include <filesystem>

#include "tool/failure.hpp"
#include "tool/layout_loading.hpp"

namespace outboot::rig {

Product Product::load(const std::string& layout_file, const std::string& arm_directory,
                      const std::array<const char*, 2>& applications) {
    const auto program = [&](const char* name) {
        return tool::load_program((std::filesystem::path(arm_directory) / name).string());
    };
    return {.layout = tool::load_layout(layout_file),
            .bootloader_path = (std::filesystem::path(arm_directory) / "bootloader.elf").string(),
            .bootloader = program("bootloader.elf"),
            .apps = {program(applications[0]), program(applications[1])},
            .signer = tool::P256Key::generate(),
            .device_key = tool::P256Key::generate(),
            .stranger = tool::P256Key::generate()};
}

layouts::Fingerprint Product::foreign_fingerprint() const {
    auto fingerprint = layout.core.fingerprint;
    fingerprint[3] ^= 0x10;
    return fingerprint;
}

} // namespace outboot::rig

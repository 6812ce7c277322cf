// A product for command-line tests: the example's layout, keys, and programs linked for it.
#pragma once

#include <string>

#include "layout/model.hpp"
#include "tests/tool/command.hpp"
#include "tests/tool/elf_builder.hpp"

namespace outboot::tool {

inline const std::string layout_file = OUTBOOT_EXAMPLES "/layout.toml";
inline const std::string scratch_layout_file = OUTBOOT_EXAMPLES "/layout-scratch.toml";
inline const std::string sign_key = OUTBOOT_IMAGES "/keys/sign-ecdsa-p256.pem";
inline const std::string other_sign_key = OUTBOOT_IMAGES "/keys/other-ecdsa-p256.pem";
inline const std::string device_key = OUTBOOT_IMAGES "/keys/enc-ec256.pem";
inline const std::string device_public_key = OUTBOOT_IMAGES "/keys/enc-ec256.pub.pem";
inline const std::string other_device_key = OUTBOOT_IMAGES "/keys/other-enc-ec256.pem";

inline constexpr std::uint32_t program_address = 0x4200;

const layouts::Model& product_layout();

// A program of this length whose vector table fits its place.
ByteVector program(std::size_t bytes = 1000, std::uint32_t address = program_address);

// The program as an ELF with the layout's fingerprint, and with further sections.
ByteVector program_elf(const std::vector<ElfSection>& more = {}, std::size_t bytes = 1000);

// `sign` with the example's layout and key, then `more`.
Ran sign(const Workspace& workspace, const std::string& input, const std::string& output,
         const std::vector<std::string>& more = {});

// The same for a foreign bootloader, without a layout: a header of 0x200 bytes in a slot of 128 KB, and no key.
Ran sign_for_mcuboot(const Workspace& workspace, const std::vector<std::string>& more, std::size_t bytes = 1000);

// A key of the test data by its name: "sign-ed25519".
inline std::string key_file(const std::string& name) {
    return OUTBOOT_IMAGES "/keys/" + name + ".pem";
}

} // namespace outboot::tool

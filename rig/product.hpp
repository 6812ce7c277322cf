// What all devices of one product share: layout, ARM programs, and the vendor's keys.
#pragma once

#include "layout/model.hpp"
#include "tool/keys.hpp"
#include "tool/program.hpp"

namespace outboot::rig {

struct Product {
    layouts::Model layout;
    std::string bootloader_path;
    tool::Program bootloader;
    std::array<tool::Program, 2> apps; // versions 1 and 2
    tool::P256Key signer;
    tool::P256Key device_key;
    tool::P256Key stranger; // somebody's; no device trusts it

    // The layout file and the ARM programs made for it, in one directory: bootloader.elf and the two versions of an
    // application, by default the one that touches no flash but for updates. Makes new keys. Throws tool::Failure.
    static Product load(const std::string& layout_file, const std::string& arm_directory,
                        const std::array<const char*, 2>& applications = {"bare-v1.elf", "bare-v2.elf"});

    // Same address space, another product.
    [[nodiscard]] layouts::Fingerprint foreign_fingerprint() const;
};

} // namespace outboot::rig

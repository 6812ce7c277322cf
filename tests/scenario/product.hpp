// What all devices of one plan share: layout, ARM programs, and the vendor's keys.
#pragma once

#include "layout/model.hpp"
#include "tool/keys.hpp"
#include "tool/program.hpp"

namespace outboot::scenario {

struct Product {
    layouts::Model layout;
    std::string bootloader_path;
    tool::Program bootloader;
    std::array<tool::Program, 2> apps; // versions 1 and 2
    tool::P256Key signer;
    tool::P256Key device_key;
    tool::P256Key stranger; // somebody's; no device trusts it

    // The ARM binaries come from $OUTBOOT_ARM_DIR, else from where scripts/build leaves them. Throws tool::Failure.
    static const Product& of(core::Plan plan);

    // Same address space, another product.
    [[nodiscard]] layouts::Fingerprint foreign_fingerprint() const;
};

} // namespace outboot::scenario

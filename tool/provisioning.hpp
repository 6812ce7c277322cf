// What a new device is programmed with, as one set of pieces: bootloader, keys, first image, initial contents of
// application regions. Refuses what wouldn't boot.
#pragma once

#include <optional>
#include <vector>

#include "layout/model.hpp"
#include "tool/image_file.hpp"
#include "tool/keys.hpp"
#include "tool/program.hpp"

namespace outboot::tool {

struct ProvisionInput {
    const layouts::Model* layout = nullptr;
    Program bootloader;
    std::vector<P256Key> signers;      // 1 or 2: whose images the device trusts
    std::optional<P256Key> device_key; // private; needed where the layout encrypts
    ImageFile image;                   // first image, signed by one of `signers`, perhaps encrypted
    std::optional<Program> app;        // file the image was made of: its foreign pieces are initial contents
    bool sample_keys_allowed = false;  // keys whose private half is published
};

// The 256-byte key block (FORMAT.md, "Key block").
ByteVector key_block(const std::vector<P256Key>& signers, const std::optional<P256Key>& device_key);

// Everything that is programmed, ascending and without overlap; only what is meant to be there. Throws Failure.
std::vector<Piece> provision(const ProvisionInput& input);

} // namespace outboot::tool

// What a new device is programmed with, as one set of pieces: bootloader, keys, first image, journal, initial contents
// of application regions, serial number. Refuses what wouldn't boot.
#pragma once

#include <optional>
#include <vector>

#include "layout/model.hpp"
#include "tool/bootloader_check.hpp"
#include "tool/image_file.hpp"
#include "tool/keys.hpp"
#include "tool/program.hpp"
#include "tool/serial_number.hpp"

namespace outboot::tool {

struct Serial {
    SerialPlace place;
    std::string text;
};

struct ProvisionInput {
    const layouts::Model* layout = nullptr;
    Program bootloader;
    std::vector<P256Key> signers;      // 1 or 2: whose images the device trusts
    std::optional<P256Key> device_key; // private; needed where the layout encrypts
    ImageFile image;                   // first image, signed by one of `signers`, perhaps encrypted
    std::optional<Program> app;        // file the image was made of: its foreign pieces are initial contents
    bool sample_keys_allowed = false;  // keys whose private half is published
    OptionSettings option_settings = OptionSettings::refused; // what the bootloader's file has of them
    std::optional<P256Key> image_key = {}; // private; opens the image, if the device's own key doesn't
    std::optional<Serial> serial = {};
};

// The 256-byte key block (FORMAT.md, "Key block").
ByteVector key_block(const std::vector<P256Key>& signers, const std::optional<P256Key>& device_key);

// Everything that is programmed, ascending and without overlap; only what is meant to be there. Throws Failure.
std::vector<Piece> provision(const ProvisionInput& input);

} // namespace outboot::tool

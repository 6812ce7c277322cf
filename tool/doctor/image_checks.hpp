// Checks of a signed image: made for this layout, by a key the device trusts, encrypted where that is demanded.
#pragma once

#include <optional>

#include "layout/model.hpp"
#include "tool/doctor/finding.hpp"
#include "tool/image_file.hpp"
#include "tool/keys.hpp"
#include "tool/program.hpp"

namespace outboot::tool::doctor {

// What is known of a device's keys.
struct KnownKeys {
    std::vector<P256Key> signers;    // given by name: the device is to trust them
    std::optional<P256Key> device;   // given by name, private
    std::optional<ByteVector> block; // the key block of a dump or production file, valid
    std::string block_file;          // where that came from
    std::uint32_t counter_floor = 0; // of a dump's journal
};

struct ImageFacts {
    std::string path;
    ImageFile image;
};

// What is in it, without keys.
Findings check_image_for_layout(const ImageFacts& facts, const layouts::Model& model);

// The keys given by name against those the device holds.
Findings check_keys_in_block(const KnownKeys& keys);

// Who signed it. Nothing is found if no key is known.
Findings check_signer(const ImageFacts& facts, const KnownKeys& keys);

// Hash and signature, as far as the keys allow; and last what the bootloader's own code says of it as an update, if
// `found_before` doesn't say so already.
Findings check_image_content(const ImageFacts& facts, const layouts::Model* model, const KnownKeys& keys,
                             const Findings& found_before);

// Is it made of this program? Only known of an image in clear, or with the device's key.
Findings check_image_of_program(const ImageFacts& facts, const Program& program, const layouts::Model& model,
                                const KnownKeys& keys);

} // namespace outboot::tool::doctor

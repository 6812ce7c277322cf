#include "tool/provisioning.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/key_block.hpp"
#include "layout/text.hpp"
#include "tool/failure.hpp"
#include "tool/image_check.hpp"
#include "tool/payload.hpp"
#include "tool/sample_keys.hpp"

namespace outboot::tool {
namespace {

namespace block = core::key_block;
using layouts::address_text;
using layouts::Role;

void put(ByteVector& out, std::size_t at, ByteSpan bytes) {
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
}

// Here a bootloader gets its keys, and nowhere else: so this is where a published key is kept from devices.
void refuse_sample_keys(const ProvisionInput& input) {
    if (input.sample_keys_allowed) return;
    for (const auto& signer : input.signers) refuse_sample_key(signer, "signing key");
    if (input.device_key) refuse_sample_key(*input.device_key, "device key");
}

void require_keys(const ProvisionInput& input) {
    refuse_sample_keys(input);
    if (input.layout->encryption != layouts::Encryption::none && !input.device_key)
        throw Failure("the layout encrypts, but there is no device key", "add --device-key PRIVATE");
    if (input.layout->encryption == layouts::Encryption::none && input.device_key)
        throw Failure("the layout says encryption = \"none\", but there is a device key", "leave --device-key out");
    if (!input.device_key) return;
    for (const auto& signer : input.signers)
        if (signer.key_hash() == input.device_key->key_hash())
            throw Failure("the signing key is also the device key: whoever opens one device could sign for all",
                          "make a key of its own with `outboot keygen`");
}

// Option settings in a bootloader's ELF are usual, and dangerous in a production file unasked.
std::vector<Piece> bootloader_pieces(const ProvisionInput& input) {
    const auto& layout = *input.layout;
    const auto& region = *layout.find(Role::bootloader);
    const std::uint64_t end = layout.core.keys_address;
    std::vector<Piece> pieces;
    for (const auto& piece : input.bootloader.pieces) {
        const auto& options = layout.mcu->option_setting;
        if (piece.address < options.end() && piece.end() > options.address)
            throw Failure(fmt::format("{} writes option-setting memory: {}", input.bootloader.path, describe(piece)),
                          "program option settings in a step of their own; some of them are for ever");
        if (piece.address < region.address || piece.end() > region.range().end())
            throw Failure(fmt::format("{} leaves the bootloader's region ({} to {}): {}", input.bootloader.path,
                                      address_text(region.address), address_text(end), describe(piece)),
                          "link it with the layout's emitted bootloader_memory.ld");
        if (piece.end() > end)
            throw Failure(fmt::format("{} overlaps the key block at {}: {}", input.bootloader.path, address_text(end),
                                      describe(piece)),
                          "link it with the layout's emitted bootloader_memory.ld");
        pieces.push_back(piece);
    }
    if (input.bootloader.kind == ProgramKind::binary || pieces.front().address != region.address)
        throw Failure(fmt::format("{} has no content at {}, where the MCU starts", input.bootloader.path,
                                  address_text(region.address)),
                      "give the bootloader's ELF or HEX");
    return pieces;
}

bool contains(ByteSpan haystack, ByteSpan needle) {
    return std::search(haystack.begin(), haystack.end(), needle.begin(), needle.end()) != haystack.end();
}

// The bootloader carries its layout's fingerprint as a constant: one built for another layout would refuse every image.
void require_bootloader_layout(const ProvisionInput& input) {
    const auto& fingerprint = input.layout->core.fingerprint;
    for (const auto& piece : input.bootloader.pieces)
        if (contains(piece.data, fingerprint)) return;
    throw Failure(fmt::format("{} doesn't carry the fingerprint of {}: it was built for another layout",
                              input.bootloader.path, input.layout->file),
                  "build the bootloader with this layout's emitted files");
}

Piece first_image(const ProvisionInput& input) {
    const auto opened = open_image(input.image, input.device_key ? &*input.device_key : nullptr);
    require_layout(opened.image, *input.layout);
    std::string refusals;
    for (const auto& signer : input.signers) {
        try {
            require_signature(opened.image, signer);
            const auto image = opened.image.image();
            return {input.layout->primary().address, ByteVector(image.begin(), image.end()), "first image"};
        } catch (const Failure& refusal) {
            refusals = refusal.what();
        }
    }
    throw Failure(refusals, "sign the first image with the key the device will trust");
}

void require_same_program(const ProvisionInput& input, const Payload& payload) {
    const auto opened = open_image(input.image, input.device_key ? &*input.device_key : nullptr);
    const auto in_image = opened.image.payload();
    const bool same = in_image.size() >= payload.bytes.size() &&
                      std::equal(payload.bytes.begin(), payload.bytes.end(), in_image.begin());
    if (!same)
        throw Failure(fmt::format("{} isn't the program in the first image: their contents differ", input.app->path),
                      "give the file that was signed");
}

} // namespace

ByteVector key_block(const std::vector<P256Key>& signers, const std::optional<P256Key>& device_key) {
    if (signers.empty() || signers.size() > block::max_signers)
        throw Failure(fmt::format("a device trusts 1 to {} signing keys, not {}", block::max_signers, signers.size()));
    ByteVector out(block::size_bytes, 0xff);
    format::put32(out.data() + block::magic_at, block::magic);
    out[block::version_at] = block::version;
    out[block::signers_at] = static_cast<std::uint8_t>(signers.size());
    out[block::device_key_at] = device_key ? 1 : 0;
    for (std::size_t i = 0; i < signers.size(); ++i) {
        const std::size_t at = block::first_signer_at + i * block::signer_bytes;
        put(out, at + block::signer_hash_at, signers[i].key_hash());
        put(out, at + block::signer_point_at, ByteSpan(signers[i].public_point()).subspan(1)); // without the 04
    }
    if (device_key) put(out, block::device_private_at, device_key->private_scalar());
    const auto check = sha256(ByteSpan(out).first(block::check_at));
    put(out, block::check_at, ByteSpan(check).first(block::size_bytes - block::check_at));
    return out;
}

std::vector<Piece> provision(const ProvisionInput& input) {
    require_keys(input);
    auto pieces = bootloader_pieces(input);
    require_bootloader_layout(input);
    pieces.push_back({input.layout->core.keys_address, key_block(input.signers, input.device_key), "keys"});
    pieces.push_back(first_image(input));
    if (input.app) {
        const auto payload = payload_for(*input.app, *input.layout, 0xff);
        require_same_program(input, payload);
        for (const auto& foreign : payload.foreign) pieces.push_back(foreign.piece);
    }
    return tidy(std::move(pieces), "the production file");
}

} // namespace outboot::tool

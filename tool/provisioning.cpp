#include "tool/provisioning.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/key_block.hpp"
#include "core/reason_text.hpp"
#include "layout/text.hpp"
#include "tool/acceptance.hpp"
#include "tool/failure.hpp"
#include "tool/image_check.hpp"
#include "tool/initial_journal.hpp"
#include "tool/payload.hpp"
#include "tool/reason_remedy.hpp"
#include "tool/sample_keys.hpp"

namespace outboot::tool {
namespace {

namespace block = core::key_block;
using layouts::address_text;

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

void require_bootloader(const ProvisionInput& input) {
    give_up_at_first(objections_to_bootloader(input.bootloader, *input.layout, input.option_settings));
}

// The first image, in clear. It may have been encrypted for one key, while each device gets its own.
ClearImage opened_image(const ProvisionInput& input) {
    const Key* key = nullptr;
    if (input.image_key)
        key = &*input.image_key;
    else if (input.device_key)
        key = &*input.device_key;
    return open_image(input.image, key);
}

Piece first_image(const ProvisionInput& input) {
    const auto opened = opened_image(input);
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
    const auto opened = opened_image(input);
    const auto in_image = opened.image.payload();
    const bool same = in_image.size() >= payload.bytes.size() &&
                      std::equal(payload.bytes.begin(), payload.bytes.end(), in_image.begin());
    if (!same)
        throw Failure(fmt::format("{} isn't the program in the first image: their contents differ", input.app->path),
                      "give the file that was signed");
}

// Asked of the bootloader's own code, whatever was checked before.
void require_that_it_boots(const ProvisionInput& input, const Piece& keys, const Piece& image, std::uint32_t floor) {
    const auto reason = judge_installed(input.layout->core, keys.data, image.data, floor);
    if (reason == core::Reason::none) return;
    throw Failure(fmt::format("the bootloader wouldn't start the first image, reason {} ({}): {}",
                              static_cast<int>(reason), core::text(reason).name, core::text(reason).meaning),
                  std::string(remedy(reason)));
}

void add_serial(const ProvisionInput& input, std::vector<Piece>& pieces) {
    if (!input.serial) return;
    auto serial = serial_piece(input.serial->text, input.serial->place);
    for (const auto& piece : pieces)
        if (piece.address < serial.end() && piece.end() > serial.address)
            throw Failure(fmt::format("the serial number at {} lies on what --app brings: {}",
                                      address_text(serial.address), describe(piece)),
                          "choose another offset in --serial-region, and leave it free in the program");
    pieces.push_back(std::move(serial));
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
    const auto& layout = *input.layout;
    require_keys(input);
    require_bootloader(input);
    auto pieces = input.bootloader.pieces;
    const Piece keys{layout.core.keys_address, key_block(input.signers, input.device_key), "keys"};
    const auto image = first_image(input);
    const auto counter = input.image.security_counter().value_or(0);
    require_that_it_boots(input, keys, image, counter);
    pieces.push_back(keys);
    pieces.push_back(image);
    pieces.push_back(initial_journal(layout, counter));
    if (input.app) {
        const auto payload = payload_for(*input.app, layout, 0xff);
        require_same_program(input, payload);
        for (const auto& foreign : payload.foreign) pieces.push_back(foreign.piece);
    }
    add_serial(input, pieces);
    return tidy(std::move(pieces), "the production file");
}

} // namespace outboot::tool

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/key_block.hpp"
#include "core/reason_text.hpp"
#include "layout/text.hpp"
#include "tool/acceptance.hpp"
#include "tool/doctor/image_checks.hpp"
#include "tool/image_check.hpp"
#include "tool/payload.hpp"
#include "tool/reason_remedy.hpp"

namespace outboot::tool::doctor {
namespace {

namespace block = core::key_block;
namespace tlv = format::tlv;
using layouts::address_text;
using layouts::Model;

constexpr std::size_t shown_digits = 16; // of a key's hash

std::string short_hash(ByteSpan hash) {
    return to_hex(hash).substr(0, shown_digits) + "...";
}

std::vector<ByteVector> hashes_in(const ByteVector& key_block) {
    std::vector<ByteVector> hashes;
    for (std::size_t i = 0; i < key_block[block::signers_at]; ++i) {
        const auto at = ByteSpan(key_block).subspan(block::first_signer_at + i * block::signer_bytes, 32);
        hashes.emplace_back(at.begin(), at.end());
    }
    return hashes;
}

Finding unknown_signer(const ImageFacts& facts, const ByteVector& signer, const std::string& holder,
                       const std::vector<ByteVector>& trusted) {
    std::vector<std::string> texts;
    texts.reserve(trusted.size());
    for (const auto& each : trusted) texts.push_back(short_hash(each));
    return {Severity::error, "image-of-unknown-signer", facts.path,
            fmt::format("{} is signed with the key {}, which {} doesn't hold; it has {}", facts.path,
                        short_hash(signer), holder, fmt::join(texts, " and ")),
            "sign it with a key the device trusts, or provision devices with this one (--sign-key, up to two); "
            "`outboot getpubhash -k KEY` prints a key's hash"};
}

bool has_check(const Findings& findings, std::string_view check) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) { return f.check == check; });
}

// Whether another check has said the same as this reason, in more words.
bool said_already(core::Reason reason, const Findings& findings) {
    const std::pair<core::Reason, std::string_view> same[] = {{core::Reason::wrong_layout, "image-of-another-layout"},
                                                              {core::Reason::no_fingerprint, "image-without-layout"},
                                                              {core::Reason::bad_header, "image-header-size"},
                                                              {core::Reason::bad_header, "image-load-address"},
                                                              {core::Reason::too_large, "image-too-large"},
                                                              {core::Reason::not_encrypted, "image-not-encrypted"},
                                                              {core::Reason::unknown_key, "image-of-unknown-signer"},
                                                              {core::Reason::bad_hash, "image-damaged"},
                                                              {core::Reason::bad_signature, "image-damaged"},
                                                              {core::Reason::bad_encryption, "image-damaged"}};
    return std::any_of(std::begin(same), std::end(same),
                       [&](const auto& pair) { return pair.first == reason && has_check(findings, pair.second); });
}

Findings verdict_of_bootloader(const ImageFacts& facts, const Model& model, const KnownKeys& keys,
                               const Findings& before) {
    AcceptanceInput input{.layout = model.core, .counter_floor = keys.counter_floor, .key_block = keys.block};
    if (!keys.signers.empty()) input.signer = keys.signers.front();
    input.device_key = keys.device;
    if (model.core.plan == core::Plan::overwrite) input.request = core::Request::permanent;
    const auto bytes = facts.image.image();
    if (bytes.size() > model.core.secondary.size) return {}; // said by its size
    input.staged.assign(bytes.begin(), bytes.end());
    const auto reason = judge(input).staged;
    if (reason == core::Reason::none || said_already(reason, before)) return {};
    const auto text = core::text(reason);
    return {{Severity::error, "bootloader-refuses-image", facts.path,
             fmt::format("{}: the bootloader refuses it as an update, reason {} ({}): {}", facts.path,
                         static_cast<int>(reason), text.name, text.meaning),
             std::string(remedy(reason))}};
}

bool can_be_judged(const ImageFacts& facts, const KnownKeys& keys) {
    const bool encrypted = facts.image.flagged_encrypted();
    if (keys.block) return !encrypted || (*keys.block)[block::device_key_at] == 1;
    return !keys.signers.empty() && (!encrypted || keys.device);
}

} // namespace

Findings check_image_for_layout(const ImageFacts& facts, const Model& model) {
    Findings found;
    const auto& image = facts.image;
    for (const auto& each : objections_to_image(image, model))
        found.push_back({Severity::error, each.check, facts.path, facts.path + ": " + each.message, each.hint});
    const auto& header = image.header();
    if ((header.flags & format::flag_rom_fixed) != 0 && header.load_address != model.primary().address)
        found.push_back({Severity::error, "image-load-address", facts.path,
                         fmt::format("{} is made to run from {}, this layout's primary slot is at {}", facts.path,
                                     address_text(header.load_address), address_text(model.primary().address)),
                         "sign it with `outboot sign --layout`, which takes the address from the layout"});
    if (model.core.encryption_required && !image.flagged_encrypted())
        found.push_back(
            {Severity::error, "image-not-encrypted", facts.path,
             fmt::format("{} isn't encrypted, but the layout demands it of updates (encrypted_updates): "
                         "the bootloader refuses it (not_encrypted)",
                         facts.path),
             "sign it with -E DEVICE_PUBLIC_KEY; only as the first image of `outboot provision` it may stay "
             "in clear"});
    if (model.encryption == layouts::Encryption::none && image.flagged_encrypted())
        found.push_back({Severity::error, "image-encrypted-in-vain", facts.path,
                         fmt::format("{} is encrypted, but the layout says encryption = \"none\": its devices have no "
                                     "key to read it",
                                     facts.path),
                         "sign it without -E"});
    if (!image.behind().empty())
        found.push_back({Severity::remark, "image-padded", facts.path,
                         fmt::format("{}: {} bytes follow the image, padding or an MCUboot trailer; outboot has no use "
                                     "for them, and they are sent with every update",
                                     facts.path, image.behind().size()),
                         "sign it without --pad and --confirm"});
    return found;
}

Findings check_keys_in_block(const KnownKeys& keys) {
    if (!keys.block) return {};
    Findings found;
    const auto trusted = hashes_in(*keys.block);
    for (const auto& key : keys.signers) {
        if (std::find(trusted.begin(), trusted.end(), key.key_hash(32)) != trusted.end()) continue;
        found.push_back({Severity::error, "key-not-held", keys.block_file,
                         fmt::format("the key block in {} doesn't hold {}: images signed with it are refused "
                                     "(unknown_key)",
                                     keys.block_file, key.path()),
                         "provision devices with this key (--sign-key, up to two), or sign with one they hold"});
    }
    const bool has_device_key = (*keys.block)[block::device_key_at] == 1;
    const auto scalar = ByteSpan(*keys.block).subspan(block::device_private_at, 32);
    if (keys.device && (!has_device_key || !equal_secrets(scalar, keys.device->private_scalar())))
        found.push_back({Severity::error, "device-key-differs", keys.block_file,
                         fmt::format("the key block in {} holds {} device key, not {}: images encrypted for that are "
                                     "refused (bad_encryption)",
                                     keys.block_file, has_device_key ? "another" : "no", keys.device->path()),
                         "encrypt with the public half of the device's own key"});
    return found;
}

Findings check_signer(const ImageFacts& facts, const KnownKeys& keys) {
    if (keys.signers.empty() && !keys.block) return {};
    const auto* hash = facts.image.find(tlv::key_hash, false);
    if (!hash)
        return {{Severity::error, "image-of-unknown-signer", facts.path,
                 fmt::format("{} doesn't say which key it is signed with: it has no KEYHASH", facts.path),
                 "sign it with `outboot sign -k KEY`, without --public-key-format full"}};
    Findings found;
    std::vector<ByteVector> given;
    given.reserve(keys.signers.size());
    for (const auto& key : keys.signers) given.push_back(key.key_hash(32));
    const auto trusted = keys.block ? hashes_in(*keys.block) : std::vector<ByteVector>{};
    const auto in = [&](const std::vector<ByteVector>& all) {
        return std::find(all.begin(), all.end(), hash->value) != all.end();
    };
    if (keys.block && !in(trusted))
        found.push_back(unknown_signer(facts, hash->value, "the key block in " + keys.block_file, trusted));
    else if (!keys.block && !in(given))
        found.push_back(unknown_signer(facts, hash->value, "the device (--verify-key)", given));
    return found;
}

Findings check_image_content(const ImageFacts& facts, const Model* model, const KnownKeys& keys,
                             const Findings& found_before) {
    Findings found;
    try {
        if (!facts.image.flagged_encrypted() || keys.device) {
            const auto opened = open_image(facts.image, keys.device ? &*keys.device : nullptr);
            const auto* hash = facts.image.find(tlv::key_hash, false);
            for (const auto& signer : keys.signers)
                if (hash && hash->value == signer.key_hash(hash->value.size())) require_signature(opened.image, signer);
        }
    } catch (const Failure& failure) {
        found.push_back({Severity::error, "image-damaged", facts.path,
                         fmt::format("{}: {}", facts.path, failure.what()),
                         failure.hint().empty() ? "sign it again" : failure.hint()});
    }
    if (!model || !can_be_judged(facts, keys)) return found;
    auto before = found_before;
    append(before, found);
    append(found, verdict_of_bootloader(facts, *model, keys, before));
    return found;
}

Findings check_image_of_program(const ImageFacts& facts, const Program& program, const Model& model,
                                const KnownKeys& keys) {
    if (facts.image.flagged_encrypted() && !keys.device) return {};
    Payload payload;
    std::optional<ClearImage> opened;
    try {
        payload = payload_for(program, model, 0xff);
        opened = open_image(facts.image, keys.device ? &*keys.device : nullptr);
    } catch (const Failure&) {
        return {}; // said by the checks of program and image themselves
    }
    const auto inside = opened->image.payload();
    if (inside.size() >= payload.bytes.size() && std::equal(payload.bytes.begin(), payload.bytes.end(), inside.begin()))
        return {};
    return {{Severity::warning, "image-of-another-program", facts.path,
             fmt::format("{} isn't made of {}: their contents differ", facts.path, program.path),
             "sign the program that was built last, or give the one that was signed"}};
}

} // namespace outboot::tool::doctor

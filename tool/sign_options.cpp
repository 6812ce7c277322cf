#include "tool/sign_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/services.hpp"
#include "layout/text.hpp"
#include "tool/number_option.hpp"

namespace outboot::tool {
namespace {

CLI::Option* add_choice(CLI::App& command, const std::string& names, std::string& target,
                        const std::vector<std::string>& choices, const std::string& description) {
    return command.add_option(names, target, description)->check(CLI::IsMember(choices));
}

constexpr const char* no_services = "none";

std::vector<std::string> service_names() {
    std::vector<std::string> names{no_services};
    for (const auto& service : layouts::services()) names.emplace_back(service.name);
    return names;
}

void add_key_options(CLI::App& command, SignOptions& o) {
    command.add_option("-k,--key", o.key, "Private signing key (PEM, or pkcs11:... in a token)")->type_name("FILE");
    add_choice(command, "--public-key-format", o.public_key_format, {"hash", "full"},
               "What of the public key goes into the image")
        ->capture_default_str();
    add_choice(command, "--sha", o.hash, {"auto", "256", "384", "512"}, "Image hash; auto: the one that suits the key")
        ->capture_default_str();
    command.add_flag("--pure", o.pure, "Ed25519: sign the image itself, not its hash");
    command.add_flag("--insecure-sample-key", o.insecure_sample_key,
                     "Don't warn of keys that come with examples, whose private half is published");
    command
        .add_option("--seed-file", o.seed_file,
                    "For tests only: all that should be random follows from this file and INPUT, so that the same "
                    "inputs make the same bytes")
        ->type_name("FILE");
    command.add_flag("--pad-sig", o.pad_signature, "Pad an ECDSA signature to its greatest length");
    add_choice(command, "--vector-to-sign", o.vector_to_sign, {"payload", "digest"},
               "Write what an external signer must sign, instead of an image");
    command.add_option("--fix-sig", o.given_signature, "File with a signature made elsewhere, in base64")
        ->type_name("FILE");
    command.add_option("--fix-sig-pubkey", o.given_signature_key, "Public key of that signature (PEM)")
        ->type_name("FILE");
    command.add_option("--sig-out", o.signature_out, "Also write the signature to this file, in base64")
        ->type_name("FILE");
}

void add_encryption_options(CLI::App& command, SignOptions& o) {
    command
        .add_option("-E,--encrypt", o.encrypt,
                    "Encrypt for this key (PEM, public is enough; or an AES key, 16 or "
                    "32 bytes)")
        ->type_name("FILE");
    command.add_option("--encrypt-keylen", o.key_bits, "Bits of the image key")
        ->check(CLI::IsMember({128, 256}))
        ->capture_default_str();
    add_choice(command, "--hmac-sha", o.wrap_hash, {"auto", "256", "512"}, "Hash of ECIES; 512 for X25519 only")
        ->capture_default_str();
    command.add_flag("-c,--clear", o.clear, "With --encrypt: leave the payload in clear, for direct programming");
    command.add_flag("--save-enctlv", o.save_wrapped_key, "MCUboot: its trailer stores wrapped keys");
}

void add_content_options(CLI::App& command, SignOptions& o) {
    command.add_option("-v,--version", o.version, "major.minor.revision+build")->required();
    command.add_option("-s,--security-counter", o.counter, "Number, or auto: from the version");
    command.add_option("-d,--dependencies", o.dependencies, "\"(image, version)...\" that this image needs");
    command.add_option("--boot-record", o.boot_record, "Software type for a measured-boot record");
    command.add_option("--custom-tlv", o.custom_tlvs, "TYPE VALUE: a vendor TLV; VALUE is text, or 0x... for bytes");
    command.add_option("--custom-tlv-file", o.custom_tlv_files, "TYPE FILE: a vendor TLV with the bytes of a file");
    command.add_option("--vid", o.vendor, "Vendor: a UUID, or a domain name to make one of");
    command.add_option("--cid", o.device_class, "Device class: a UUID, or a name to make one of, with --vid");
    command
        .add_option(
            "--needs", o.needs,
            "With --layout: services of the bootloader the program needs, such as sha256,ecdh, or none; an ELF that "
            "links outboot's library says so itself")
        ->delimiter(',')
        ->check(CLI::IsMember(service_names()));
    command.add_flag("--non-bootable", o.non_bootable, "Flag the image as not bootable");
    add_choice(command, "--compression", o.compression, {"disabled", "lzma2", "lzma2armthumb"},
               "Compress the payload, if that makes it smaller")
        ->capture_default_str();
}

void add_place_options(CLI::App& command, SignOptions& o) {
    add_number(command, "-H,--header-size", o.header_size, "Bytes before the payload");
    command.add_flag("--pad-header", o.pad_header,
                     "Put a header in front (otherwise the input begins with room for it)");
    add_number(command, "-S,--slot-size", o.slot_size, "Bytes of the slot");
    add_number(command, "--align", o.align, "Program unit in bytes: 1 to 4096, a power of two; default 1");
    add_number(command, "-L,--load-addr", o.load_address, "RAM address to run from");
    add_number(command, "-F,--rom-fixed", o.rom_fixed, "Flash address the image is linked for")
        ->excludes("--load-addr");
    add_number(command, "-x,--hex-addr", o.hex_address, "Address of an output as Intel HEX or S-record");
    add_choice(command, "-e,--endian", o.endian, {"little", "big"}, "Byte order of the target")->capture_default_str();
    command
        .add_option_function<std::string>(
            "-R,--erased-val",
            [&o](const std::string& text) {
                const auto value = layouts::parse_size(text);
                if (!value || (*value != 0 && *value != 0xff))
                    throw CLI::ValidationError("--erased-val", fmt::format("'{}' is neither 0 nor 0xff", text));
                o.erased_value = *value;
            },
            "What erased flash reads, 0 or 0xff; header and gaps are filled with it")
        ->type_name("NUMBER")
        ->default_str("0xff");
}

void add_mcuboot_options(CLI::App& command, SignOptions& o) {
    command.add_flag("--pad", o.pad, "MCUboot: fill the slot, with a trailer that asks for an update");
    command.add_flag("--confirm", o.confirm, "MCUboot: --pad, and the image is confirmed");
    command.add_flag("--test", o.test, "MCUboot: --pad, for a test");
    add_number(command, "--max-align", o.max_align,
               "MCUboot: bytes of a trailer's cell, 8 to 4096; default by --align");
    command.add_option("-M,--max-sectors", o.max_sectors, "MCUboot: sectors its trailer is sized for")
        ->capture_default_str();
    command.add_flag("--overwrite-only", o.overwrite_only, "MCUboot: the trailer of overwrite mode");
    const std::map<std::string, SwapMode> modes{{"scratch", SwapMode::scratch},
                                                {"move", SwapMode::move},
                                                {"offset", SwapMode::offset},
                                                {"overwrite", SwapMode::overwrite}};
    command
        .add_option_function<std::string>(
            "--swap", [modes, &o](const std::string& name) { o.swap = modes.at(name); },
            "MCUboot: swap mode the size is checked for; default scratch")
        ->check(CLI::IsMember(modes));
    add_number(command, "--sector-size", o.sector_size, "MCUboot: with it, the size check counts whole sectors");
}

void check_power_of_two(const std::optional<std::uint32_t>& value, const char* name, std::uint32_t least) {
    if (value && (*value < least || *value > 4096 || (*value & (*value - 1)) != 0))
        throw CLI::ValidationError(name, fmt::format("a power of two from {} to 4096", least));
}

} // namespace

void add_sign_options(CLI::App& command, SignOptions& o) {
    command.add_option("INPUT", o.input, "Program: ELF, Intel HEX, S-record or binary")->type_name("FILE")->required();
    command.add_option("OUTPUT", o.output, "Image; Intel HEX if it ends in .hex, S-record if in .srec, .s37, .mot")
        ->type_name("FILE")
        ->required();
    command
        .add_option("--layout", o.layout,
                    "Layout file: header and slot size, alignment, address, fingerprint and limits follow")
        ->type_name("FILE");
    command
        .add_option("--split", o.split,
                    "With --layout: write what belongs to other regions into this directory, an Intel HEX each")
        ->type_name("DIR");
    command.add_flag("--json", o.json, "Say what was made, as JSON");
    add_content_options(command, o);
    add_key_options(command, o);
    add_encryption_options(command, o);
    add_place_options(command, o);
    add_mcuboot_options(command, o);
}

void check_sign_options(const SignOptions& o) {
    check_power_of_two(o.align, "--align", 1);
    check_power_of_two(o.max_align, "--max-align", 8);
    if (o.sector_size == 0U) throw CLI::ValidationError("--sector-size", "a number above 0");
    if (o.max_align && o.align && *o.max_align < *o.align)
        throw CLI::ValidationError("--max-align", "can't be smaller than --align");
    if (o.max_sectors == 0 || o.max_sectors > 65536)
        throw CLI::ValidationError("--max-sectors", "a number from 1 to 65536");
    if (o.clear && o.encrypt.empty()) throw CLI::RequiresError("--clear", "--encrypt");
    if (o.given_signature.empty() != o.given_signature_key.empty())
        throw CLI::RequiresError("--fix-sig", "--fix-sig-pubkey, and the other way round");
    if (!o.given_signature.empty() && !o.key.empty()) throw CLI::ExcludesError("--fix-sig", "--key");
    if (!o.vector_to_sign.empty() && !o.given_signature.empty())
        throw CLI::ExcludesError("--vector-to-sign", "--fix-sig");
    if (o.vector_to_sign == "digest" && o.pure)
        throw CLI::ExcludesError("--vector-to-sign digest", "--pure: the image itself is signed");
    if (!o.split.empty() && o.layout.empty())
        throw CLI::RequiresError("--split", "--layout: it says what belongs elsewhere");
    if (!o.layout.empty() && (o.padded() || o.endian == "big"))
        throw CLI::ExcludesError("--layout",
                                 o.padded() ? "--pad, --confirm, --test: there is no trailer" : "--endian big");
    if (!o.needs.empty() && o.layout.empty()) throw CLI::RequiresError("--needs", "--layout");
    if (o.needs.size() > 1 && std::count(o.needs.begin(), o.needs.end(), no_services) != 0)
        throw CLI::ExcludesError("--needs none", "other services");
    if (!o.layout.empty() && o.compression != "disabled")
        throw CLI::ExcludesError("--layout", "--compression: the bootloader doesn't unfold images");
}

} // namespace outboot::tool

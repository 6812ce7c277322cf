// outboot sign (create): program in, image out. Options are imgtool's; --layout makes most of them follow.
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "core/verify.hpp"
#include "layout/fingerprint.hpp"
#include "layout/text.hpp"
#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/image_builder.hpp"
#include "tool/image_check.hpp"
#include "tool/intel_hex.hpp"
#include "tool/layout_loading.hpp"
#include "tool/payload.hpp"
#include "tool/sign_arguments.hpp"

namespace outboot::tool {
namespace {

struct SignOptions {
    std::string input;
    std::string output;
    std::string layout;
    std::string key;
    std::string version;
    std::string encrypt;
    std::optional<std::string> counter;
    std::string dependencies;
    std::vector<std::pair<std::string, std::string>> custom_tlvs;
    std::optional<std::uint32_t> header_size;
    std::optional<std::uint32_t> slot_size;
    std::optional<std::uint32_t> align;
    std::optional<std::uint32_t> load_address;
    std::optional<std::uint32_t> rom_fixed;
    std::optional<std::uint32_t> hex_address;
    std::uint32_t max_sectors = 128;
    std::uint32_t erased_value = 0xff;
    unsigned key_bits = 128;
    bool pad_header = false;
    bool pad_signature = false;
    bool clear = false;
    bool non_bootable = false;
    bool overwrite_only = false;
};

// What imgtool reserves for a swap's trailer: with outboot's journal there is none, but images for MCUboot have one.
std::uint32_t mcuboot_trailer(const SignOptions& options) {
    const std::uint32_t unit = *options.align;
    const std::uint32_t cell = std::max(8u, unit);
    const std::uint32_t magic = (16 + cell - 1) / cell * cell;
    if (options.overwrite_only) return 2 * cell + magic;
    const std::uint32_t keys = options.encrypt.empty() ? 0 : 2 * ((16 + cell - 1) / cell * cell);
    return options.max_sectors * 3 * unit + keys + 4 * cell + magic;
}

class Signing {
  public:
    explicit Signing(const SignOptions& options) : options_(options) {}

    void run() {
        load_inputs();
        settle_geometry();
        const auto payload = make_payload();
        report_foreign(payload);
        check_fingerprint();
        const auto image = build_image(plan(payload), payload.bytes);
        check_size(image);
        write(image, payload);
    }

  private:
    void load_inputs() {
        if (!options_.layout.empty()) model_ = load_layout(options_.layout);
        if (!options_.key.empty()) {
            signing_key_ = P256Key::load(options_.key, "signing key");
            signing_key_->require_private("signing key");
        }
        if (!options_.encrypt.empty()) encryption_key_ = P256Key::load(options_.encrypt, "encryption key");
        const auto version = parse_version(options_.version);
        if (!version)
            throw Failure(fmt::format("'{}' isn't a version", options_.version),
                          "write major.minor.revision+build, at most 255.255.65535+4294967295");
        version_ = *version;
        program_ = load_program(options_.input);
    }

    void take_from_layout(std::optional<std::uint32_t>& option, std::uint32_t wanted, const char* name) {
        if (option && *option != wanted)
            throw Failure(fmt::format("{} is {:#x}, but {} says {:#x}", name, *option, options_.layout, wanted),
                          fmt::format("leave {} out: it follows from the layout", name));
        option = wanted;
    }

    void settle_geometry() {
        if (model_) {
            take_from_layout(options_.header_size, model_->core.header_size, "--header-size");
            take_from_layout(options_.slot_size, model_->primary().size, "--slot-size");
            take_from_layout(options_.align, model_->core.primary_program_unit, "--align");
            take_from_layout(options_.rom_fixed, model_->primary().address, "--rom-fixed");
            check_policy();
            return;
        }
        for (const auto& [given, name] : {std::pair{options_.header_size, "--header-size"},
                                          {options_.slot_size, "--slot-size"},
                                          {options_.align, "--align"}})
            if (!given) throw CLI::RequiredError(fmt::format("{} (or --layout)", name));
        if (*options_.header_size < format::header_bytes || *options_.header_size > 0xffff)
            throw Failure(fmt::format("--header-size {:#x} is out of range", *options_.header_size),
                          "a header has 32 to 65,535 bytes");
    }

    void check_policy() {
        if (model_->encryption == layouts::Encryption::none && encryption_key_)
            throw Failure(fmt::format("{} says encryption = \"none\", but --encrypt is given", options_.layout),
                          "leave --encrypt out, or change the layout");
        if (!signing_key_) throw Failure("no signing key: the bootloader would refuse the image", "add --key FILE");
        if (options_.key_bits != 128)
            throw Failure("the layout's images are encrypted with 128-bit keys", "leave --encrypt-keylen out");
        if (options_.load_address || options_.non_bootable)
            throw Failure("--load-addr and --non-bootable make images that this layout's bootloader refuses",
                          "leave them out");
        if (model_->core.encryption_required && !encryption_key_)
            print_warning("the image isn't encrypted: this layout's bootloader doesn't accept it as an update",
                          "add --encrypt KEY; as the first image of `outboot provision` it may stay in clear");
    }

    Payload make_payload() {
        const auto fill = static_cast<std::uint8_t>(options_.erased_value);
        if (model_) return payload_for(program_, *model_, fill);
        return payload_without_layout(program_, *options_.header_size, options_.pad_header, *options_.slot_size, fill);
    }

    void report_foreign(const Payload& payload) {
        for (const auto& foreign : payload.foreign)
            print_note(fmt::format("{}: in region '{}', left out of the image", describe(foreign.piece),
                                   foreign.region->name));
    }

    void check_fingerprint() {
        if (!model_ || program_.kind != ProgramKind::elf) return;
        if (!program_.fingerprint) {
            print_warning(
                fmt::format("{} has no symbol outboot_layout_fingerprint: it can't be checked against the layout",
                            program_.path),
                "link outboot's application library");
        } else if (*program_.fingerprint != model_->core.fingerprint) {
            throw Failure(
                fmt::format("{} was built for another layout: its fingerprint is {}, {} has {}", program_.path,
                            layouts::to_hex(*program_.fingerprint), options_.layout,
                            layouts::to_hex(model_->core.fingerprint)),
                "build it again with this layout's emitted files, or sign it with the layout it was built for");
        }
    }

    ImagePlan plan(const Payload& payload) {
        ImagePlan plan;
        plan.header_size = static_cast<std::uint16_t>(*options_.header_size);
        plan.header_fill = payload.had_header ? 0 : static_cast<std::uint8_t>(options_.erased_value);
        if (options_.non_bootable) plan.flags |= format::flag_non_bootable;
        if (options_.load_address) plan.flags |= format::flag_ram_load;
        if (options_.rom_fixed) plan.flags |= format::flag_rom_fixed;
        plan.load_address = options_.load_address.value_or(options_.rom_fixed.value_or(0));
        plan.version = version_;
        if (options_.counter) plan.security_counter = parse_security_counter(*options_.counter, version_);
        plan.dependencies = parse_dependencies(options_.dependencies);
        plan.custom_tlvs = parse_custom_tlvs(options_.custom_tlvs);
        if (model_) {
            const auto& fingerprint = model_->core.fingerprint;
            plan.custom_tlvs.emplace(plan.custom_tlvs.begin(), format::tlv::layout_fingerprint,
                                     ByteVector(fingerprint.begin(), fingerprint.end()));
        }
        plan.signing_key = signing_key_ ? &*signing_key_ : nullptr;
        plan.pad_signature = options_.pad_signature;
        plan.encryption_key = encryption_key_ ? &*encryption_key_ : nullptr;
        plan.image_key_bytes = options_.key_bits / 8;
        plan.clear = options_.clear;
        return plan;
    }

    void check_size(const ByteVector& image) {
        const std::uint32_t trailer = model_ ? 0 : mcuboot_trailer(options_);
        const std::uint32_t room = model_ ? model_->max_image : *options_.slot_size;
        const std::size_t signed_tlvs = format::get16(&image[10]); // header field, 0 if there are none
        if (model_ && signed_tlvs > core::max_protected_bytes)
            throw Failure(fmt::format("the protected TLVs have {} bytes, the bootloader accepts {}", signed_tlvs,
                                      core::max_protected_bytes),
                          "use fewer or shorter --custom-tlv and --dependencies");
        if (image.size() + trailer <= room) return;
        const auto over = image.size() + trailer - room;
        if (model_)
            throw Failure(fmt::format("the image has {} bytes, the layout has room for {}: {} too many", image.size(),
                                      room, over),
                          "make the program smaller, or its slots larger");
        throw Failure(fmt::format("image size ({:#x}) + trailer ({:#x}) exceeds the slot size {:#x} by {} bytes",
                                  image.size(), trailer, room, over));
    }

    void write(const ByteVector& image, const Payload& payload) {
        if (!options_.output.ends_with(".hex")) return write_file(options_.output, image);
        std::optional<std::uint64_t> address = payload.address;
        if (address) *address -= *options_.header_size;
        if (options_.hex_address) address = *options_.hex_address;
        if (!address) throw Failure("an Intel HEX output needs an address", "add --hex-addr ADDRESS");
        write_file(options_.output, write_hex({{*address, image, {}}}));
    }

    SignOptions options_;
    std::optional<layouts::Model> model_;
    std::optional<P256Key> signing_key_;
    std::optional<P256Key> encryption_key_;
    format::Version version_;
    Program program_;
};

// A number as imgtool takes it, or a size as a layout has it.
CLI::Option* add_number(CLI::App& command, const std::string& names, std::optional<std::uint32_t>& target,
                        const std::string& description) {
    return command
        .add_option_function<std::string>(
            names,
            [names, &target](const std::string& text) {
                target = layouts::parse_size(text);
                if (!target) throw CLI::ValidationError(names, fmt::format("'{}' is not a number", text));
            },
            description)
        ->type_name("NUMBER");
}

} // namespace

void add_sign_command(CLI::App& app) {
    auto* command = app.add_subcommand("sign", "Make a signed, perhaps encrypted image of a program")->alias("create");
    const auto o = std::make_shared<SignOptions>();
    command->add_option("INPUT", o->input, "Program: ELF, Intel HEX or binary")->required();
    command->add_option("OUTPUT", o->output, "Image; Intel HEX if it ends in .hex")->required();
    command->add_option("--layout", o->layout,
                        "Layout file: header and slot size, alignment, address, fingerprint and limits follow");
    command->add_option("-k,--key", o->key, "Private signing key (PEM)");
    command->add_option("-v,--version", o->version, "major.minor.revision+build")->required();
    add_number(*command, "-H,--header-size", o->header_size, "Bytes before the payload");
    add_number(*command, "-S,--slot-size", o->slot_size, "Bytes of the slot");
    add_number(*command, "--align", o->align, "Program unit in bytes: 1 to 128, a power of two");
    command->add_flag("--pad-header", o->pad_header,
                      "Put a header in front (otherwise the input begins with room for it)");
    command->add_option("-s,--security-counter", o->counter, "Number, or auto: from the version");
    command->add_option("-E,--encrypt", o->encrypt, "Encrypt for this key (PEM, public is enough)");
    command->add_option("--encrypt-keylen", o->key_bits, "Bits of the image key")
        ->check(CLI::IsMember({128, 256}))
        ->capture_default_str();
    command->add_flag("-c,--clear", o->clear, "With --encrypt: leave the payload in clear, for direct programming");
    command->add_option("-d,--dependencies", o->dependencies, "\"(image, version)...\" that this image needs");
    command->add_option("--custom-tlv", o->custom_tlvs, "TYPE VALUE: a vendor TLV; VALUE is text, or 0x... for bytes");
    add_number(*command, "-L,--load-addr", o->load_address, "RAM address to run from");
    add_number(*command, "-F,--rom-fixed", o->rom_fixed, "Flash address the image is linked for")
        ->excludes("--load-addr");
    add_number(*command, "-x,--hex-addr", o->hex_address, "Address of an Intel HEX output");
    command->add_option("-M,--max-sectors", o->max_sectors, "MCUboot: sectors its trailer is sized for")
        ->capture_default_str();
    command->add_flag("--overwrite-only", o->overwrite_only, "MCUboot: the trailer of overwrite mode");
    command->add_option("-R,--erased-val", o->erased_value, "What erased flash reads")
        ->check(CLI::IsMember({0x00, 0xff}))
        ->capture_default_str();
    command->add_flag("--pad-sig", o->pad_signature, "Pad the signature to its greatest length");
    command->add_flag("--non-bootable", o->non_bootable, "Flag the image as not bootable");
    command->callback([o] {
        if (o->align && (*o->align == 0 || *o->align > 128 || (*o->align & (*o->align - 1)) != 0))
            throw CLI::ValidationError("--align", "1, 2, 4, 8, 16, 32, 64 or 128");
        if (o->clear && o->encrypt.empty()) throw CLI::RequiresError("--clear", "--encrypt");
        Signing(*o).run();
    });
}

} // namespace outboot::tool

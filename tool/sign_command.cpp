// outboot sign (create): program in, image out. Options are imgtool's; --layout makes most of them follow.
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/verify.hpp"
#include "layout/fingerprint.hpp"
#include "layout/services.hpp"
#include "layout/text.hpp"
#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/foreign_files.hpp"
#include "tool/image_builder.hpp"
#include "tool/image_check.hpp"
#include "tool/layout_loading.hpp"
#include "tool/payload.hpp"
#include "tool/record_format.hpp"
#include "tool/repeatable.hpp"
#include "tool/sample_keys.hpp"
#include "tool/sign_arguments.hpp"
#include "tool/sign_options.hpp"
#include "tool/token_keys.hpp"

namespace outboot::tool {
namespace {

class Signing {
  public:
    explicit Signing(const SignOptions& options) : options_(options) {}

    void run() {
        if (!options_.seed_file.empty()) settle_randomness();
        load_inputs();
        settle_geometry();
        const auto payload = make_payload();
        report_foreign(payload);
        check_fingerprint();
        settle_services();
        const auto plan = this->plan(payload);
        if (!options_.vector_to_sign.empty()) return write_vector(signed_region(plan, payload.bytes), plan.hash_bytes);
        const auto image = build_image(plan, payload.bytes);
        check_size(image);
        write_signature(image);
        if (!options_.split.empty()) write_foreign_files(options_.split, payload.foreign);
        write(image, payload);
        if (options_.json) report_as_json(image, payload);
    }

  private:
    void settle_randomness() {
        for (const auto& key : {options_.key, options_.encrypt})
            if (is_token_uri(key)) throw Failure("--seed-file: what a token does can't be repeated", "use a key file");
        make_randomness_repeatable(options_.seed_file, options_.input);
    }

    void load_inputs() {
        if (!options_.layout.empty()) model_ = load_layout(options_.layout);
        if (!options_.key.empty()) {
            signing_key_ = Key::load(options_.key, "signing key");
            signing_key_->require_private("signing key");
        }
        if (!options_.given_signature.empty()) load_signature();
        if (!options_.encrypt.empty()) encryption_key_ = Key::load_for_wrapping(options_.encrypt, "encryption key");
        if (!options_.insecure_sample_key) warn_of_sample_keys();
        const auto version = parse_version(options_.version);
        if (!version)
            throw Failure(fmt::format("'{}' isn't a version", options_.version),
                          "write major.minor.revision+build, at most 255.255.65535+4294967295");
        version_ = *version;
        program_ = load_program(options_.input);
    }

    void warn_of_sample_keys() const {
        if (signing_key_) warn_of_sample_key(*signing_key_, "signing key");
        if (encryption_key_) warn_of_sample_key(*encryption_key_, "encryption key");
    }

    void load_signature() {
        const auto text = read_file(options_.given_signature, "the signature");
        signature_ = from_base64({text.begin(), text.end()});
        if (!signature_) throw Failure(fmt::format("{} doesn't hold a signature in base64", options_.given_signature));
        signing_key_ = Key::load(options_.given_signature_key, "public key of the signature");
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
        for (const auto& [given, name] :
             {std::pair{options_.header_size, "--header-size"}, {options_.slot_size, "--slot-size"}})
            if (!given) throw CLI::RequiredError(fmt::format("{} (or --layout)", name));
        if (*options_.header_size < format::header_bytes || *options_.header_size > 0xffff)
            throw Failure(fmt::format("--header-size {:#x} is out of range", *options_.header_size),
                          "a header has 32 to 65,535 bytes");
        if (!options_.align) options_.align = 1; // imgtool's default
        if (options_.padded() && *options_.slot_size % shape(0).max_align != 0)
            throw Failure(fmt::format("--slot-size {:#x} isn't a multiple of the trailer's alignment, {}",
                                      *options_.slot_size, shape(0).max_align));
    }

    void check_policy() {
        if (model_->encryption == layouts::Encryption::none && encryption_key_)
            throw Failure(fmt::format("{} says encryption = \"none\", but --encrypt is given", options_.layout),
                          "leave --encrypt out, or change the layout");
        if (!signing_key_) throw Failure("no signing key: the bootloader would refuse the image", "add --key FILE");
        P256Key(*signing_key_, "signing key");
        if (encryption_key_) P256Key(*encryption_key_, "encryption key");
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
        const auto files = foreign_files(options_.split, payload.foreign);
        for (const auto& [region, piece] : payload.foreign)
            print_note(
                options_.split.empty()
                    ? fmt::format("{}: in region '{}', left out of the image", describe(piece), region->name)
                    : fmt::format("{}: in region '{}', to {}", describe(piece), region->name, files.at(region->name)));
        if (!options_.split.empty() && payload.foreign.empty())
            print_note(fmt::format("{} holds nothing for other regions: nothing to split off", program_.path));
    }

    void report_as_json(const ByteVector& image, const Payload& payload) const {
        const auto parsed = ImageFile::parse(image);
        const auto files = foreign_files(options_.split, payload.foreign);
        auto foreign = nlohmann::ordered_json::array();
        for (const auto& [region, piece] : payload.foreign) {
            foreign.push_back({{"name", piece.name},
                               {"address", piece.address},
                               {"bytes", piece.data.size()},
                               {"region", region->name}});
            if (!options_.split.empty()) foreign.back()["file"] = files.at(region->name);
        }
        const nlohmann::ordered_json result{
            {"image", options_.output},           {"version", version_text(version_)},
            {"image_bytes", image.size()},        {"room_bytes", room_for(image)},
            {"signed", signing_key_.has_value()}, {"encrypted", parsed.flagged_encrypted() && !options_.clear},
            {"compressed", parsed.compressed()},  {"left_out", foreign}};
        fmt::print("{}\n", result.dump(2));
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

    // What the program needs of the bootloader's service table, as it says itself and as we are told.
    void settle_services() {
        services_ = program_.services;
        for (const auto& service : layouts::services())
            for (const auto& name : options_.needs)
                if (name == service.name) services_ |= 1U << service.number;
        if (!model_) return;
        if (options_.needs_nothing() && services_ != 0)
            throw Failure(fmt::format("--needs none, but {} says that it needs {}", program_.path,
                                      layouts::describe_services(services_)),
                          "leave --needs out");
        // Where its symbols are, its silence means that it needs nothing.
        if (model_->core.services != 0 && options_.needs.empty() && services_ == 0 && !program_.fingerprint)
            print_warning(
                fmt::format("{} can't say what it needs of the bootloader's services: the image names none, so "
                            "a bootloader that lacks them would run it all the same",
                            program_.path),
                "sign the ELF with its symbols, or give --needs: services, or none");
        const std::uint32_t missing = services_ & ~model_->core.services;
        if (missing == 0) return;
        throw Failure(fmt::format("{} needs services that the bootloader of {} doesn't offer: {}", program_.path,
                                  options_.layout, layouts::describe_services(missing)),
                      "add them to [services] offer in the layout, or link outboot::crypto_client_fallback");
    }

    ImagePlan plan(const Payload& payload) {
        ImagePlan plan;
        plan.order = options_.endian == "big" ? ByteOrder::big : ByteOrder::little;
        plan.header_size = static_cast<std::uint16_t>(*options_.header_size);
        plan.header_fill = payload.had_header ? 0 : static_cast<std::uint8_t>(options_.erased_value);
        if (options_.non_bootable) plan.flags |= format::flag_non_bootable;
        if (options_.load_address) plan.flags |= format::flag_ram_load;
        if (options_.rom_fixed) plan.flags |= format::flag_rom_fixed;
        plan.load_address = options_.load_address.value_or(options_.rom_fixed.value_or(0));
        plan.version = version_;
        if (options_.compression != "disabled")
            plan.compression = options_.compression == "lzma2" ? Compression::lzma2 : Compression::lzma2_arm_thumb;
        plan_protected_tlvs(plan);
        plan_keys(plan);
        return plan;
    }

    void plan_protected_tlvs(ImagePlan& plan) {
        if (options_.counter) plan.security_counter = parse_security_counter(*options_.counter, version_);
        plan.boot_record = options_.boot_record;
        plan.dependencies = parse_dependencies(options_.dependencies);
        plan.vendor = parse_vendor(options_.vendor);
        plan.device_class = parse_class(options_.device_class, plan.vendor);
        plan.custom_tlvs = parse_custom_tlvs(options_.custom_tlvs, options_.custom_tlv_files, model_.has_value());
        if (!model_) return;
        const auto& fingerprint = model_->core.fingerprint;
        plan.custom_tlvs.emplace(plan.custom_tlvs.begin(), format::tlv::layout_fingerprint,
                                 ByteVector(fingerprint.begin(), fingerprint.end()));
        if (services_ == 0) return;
        const auto services = bytes_of(services_, plan.order);
        plan.custom_tlvs.emplace(plan.custom_tlvs.begin() + 1, format::tlv::service_table,
                                 ByteVector(services.begin(), services.end()));
    }

    void plan_keys(ImagePlan& plan) {
        plan.signing_key = signing_key_ ? &*signing_key_ : nullptr;
        plan.signature = signature_;
        plan.pure = options_.pure;
        plan.public_key_inside = options_.public_key_format == "full";
        plan.pad_signature = options_.pad_signature;
        plan.hash_bytes = options_.hash == "auto" ? default_hash_bytes(plan.signing_key, plan.pure)
                                                  : static_cast<std::size_t>(std::stoul(options_.hash) / 8);
        // For an external signer no key is known yet.
        const bool ed25519 = signing_key_ ? signing_key_->kind() == KeyKind::ed25519 : !options_.vector_to_sign.empty();
        if (plan.pure && !ed25519)
            throw Failure("only Ed25519 keys make pure signatures", "leave --pure out, or sign with an Ed25519 key");
        if (!hash_fits_key(plan.hash_bytes, plan.signing_key, plan.pure))
            throw Failure(fmt::format("no bootloader knows {} signatures with SHA-{}", name_of(signing_key_->kind()),
                                      8 * plan.hash_bytes),
                          "leave --sha out");
        plan.encryption_key = encryption_key_ ? &*encryption_key_ : nullptr;
        plan.image_key_bytes = options_.key_bits / 8;
        plan.clear = options_.clear;
        plan.wrap_hash_bytes = options_.wrap_hash == "512" ? 64 : 32;
        if (plan.wrap_hash_bytes == 64 && encryption_key_ && encryption_key_->kind() != KeyKind::x25519)
            throw Failure(fmt::format("--hmac-sha 512 goes with X25519 only, {} is of type {}", options_.encrypt,
                                      name_of(encryption_key_->kind())));
    }

    // `key_bytes`: of one key as MCUboot's trailer would hold it.
    [[nodiscard]] TrailerShape shape(std::uint32_t key_bytes) const {
        return {options_.overwrite_only ? SwapMode::overwrite : options_.swap, *options_.align,
                options_.max_align.value_or(std::max(8U, *options_.align)), options_.max_sectors, key_bytes};
    }

    [[nodiscard]] TrailerShape shape_for(const ByteVector& image) const {
        if (!encryption_key_) return shape(0);
        if (!options_.save_wrapped_key) return shape(options_.key_bits / 8);
        const std::size_t hash_bytes = options_.wrap_hash == "512" ? 64 : 32;
        const auto* wrapped = ImageFile::parse(image).find(encryption_key_->wrapped_type(hash_bytes), false);
        return shape(static_cast<std::uint32_t>(wrapped->value.size()));
    }

    [[nodiscard]] std::size_t room_for(const ByteVector& image) const {
        if (model_) return model_->max_image;
        return largest_image(shape_for(image), *options_.slot_size, options_.sector_size);
    }

    void check_size(const ByteVector& image) {
        if (model_) return check_size_for_layout(image);
        const auto room = room_for(image);
        if (image.size() <= room) return;
        throw Failure(fmt::format("the image has {} bytes, the slot of {} has room for {} beside MCUboot's trailer of "
                                  "{}: {} too many",
                                  image.size(), *options_.slot_size, room, trailer_bytes(shape_for(image)),
                                  image.size() - room),
                      "make the program smaller, the slots larger, or the trailer smaller with --max-sectors");
    }

    void check_size_for_layout(const ByteVector& image) {
        const std::size_t signed_tlvs = format::get16(&image[10]); // header field, 0 if there are none
        if (signed_tlvs > core::max_protected_bytes)
            throw Failure(fmt::format("the protected TLVs have {} bytes, the bootloader accepts {}", signed_tlvs,
                                      core::max_protected_bytes),
                          "use fewer or shorter --custom-tlv and --dependencies");
        const std::size_t room = room_for(image);
        if (image.size() <= room) return;
        throw Failure(fmt::format("the image has {} bytes, the layout has room for {}: {} too many", image.size(), room,
                                  image.size() - room),
                      "make the program smaller, or its slots larger");
    }

    void write_vector(const ByteVector& region, std::size_t hash_bytes) {
        write_file(options_.output, options_.vector_to_sign == "digest" ? digest(region, hash_bytes) : region);
    }

    void write_signature(const ByteVector& image) {
        if (options_.signature_out.empty()) return;
        if (!signing_key_) throw Failure("--sig-out: there is no signature without --key");
        const auto parsed = ImageFile::parse(image);
        write_file(options_.signature_out,
                   to_base64(parsed.find(signature_type(signing_key_->kind()), false)->value) + "\n");
    }

    // In a binary the slot is filled up; in records what is erased is left out.
    void write(ByteVector image, const Payload& payload) {
        const auto erased = static_cast<std::uint8_t>(options_.erased_value);
        std::vector<TrailerBytes> trailer;
        if (options_.padded())
            trailer = initial_trailer(shape_for(image), *options_.slot_size, erased, options_.confirm,
                                      options_.endian == "big" ? ByteOrder::big : ByteOrder::little);
        if (const auto format = record_format_of(options_.output))
            return write_as_records(*format, std::move(image), payload, trailer);
        if (options_.padded()) image.resize(*options_.slot_size, erased);
        for (const auto& [at, bytes] : trailer) std::copy(bytes.begin(), bytes.end(), image.begin() + at);
        write_file(options_.output, image);
    }

    void write_as_records(RecordFormat format, ByteVector image, const Payload& payload,
                          const std::vector<TrailerBytes>& trailer) {
        std::optional<std::uint64_t> address = payload.address;
        if (address) *address -= *options_.header_size;
        if (options_.hex_address) address = *options_.hex_address;
        if (!address) throw Failure("an output with addresses needs one", "add --hex-addr ADDRESS");
        std::vector<Piece> pieces{{*address, std::move(image), {}}};
        for (const auto& [at, bytes] : trailer) pieces.push_back({*address + at, bytes, {}});
        write_file(options_.output, write_records(format, pieces));
    }

    SignOptions options_;
    std::optional<layouts::Model> model_;
    std::optional<Key> signing_key_;
    std::optional<ByteVector> signature_; // made elsewhere
    std::optional<Key> encryption_key_;
    format::Version version_;
    std::uint32_t services_ = 0; // that the program needs, one bit each
    Program program_;
};

} // namespace

void add_sign_command(CLI::App& app) {
    auto* command = app.add_subcommand("sign", "Make a signed, perhaps encrypted image of a program")->alias("create");
    const auto o = std::make_shared<SignOptions>();
    add_sign_options(*command, *o);
    command->callback([o] {
        check_sign_options(*o);
        Signing(*o).run();
    });
    command->footer(
        "Example, an encrypted release for a product, with what belongs into other memories as files:\n"
        "  outboot sign --layout layout.toml -k sign.pem -E device-public.pem -v 2.0.0 -s 2 --split parts app.elf "
        "app.img\n"
        "For MCUboot, as with imgtool:\n"
        "  outboot sign -k sign.pem -v 2.0.0 -H 0x200 --pad-header -S 0x60000 --align 8 app.bin app.img");
}

} // namespace outboot::tool

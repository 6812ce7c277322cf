// outboot verify: is this image authentic, and for this layout?
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "layout/fingerprint.hpp"
#include "layout/services.hpp"
#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/image_check.hpp"
#include "tool/layout_loading.hpp"

namespace outboot::tool {
namespace {

struct VerifyOptions {
    std::string image;
    std::string key;
    std::string decrypt_key;
    std::string layout;
    std::string payload_out;
    bool json = false;
};

std::string encryption_text(const ImageFile& image, const ClearImage& opened) {
    if (opened.was_encrypted) return "encrypted";
    return image.flagged_encrypted() ? "in clear, with a key for encrypting it" : "in clear";
}

void report_as_json(const VerifyOptions& options, const ImageFile& image, const ClearImage& opened,
                    std::size_t program_bytes) {
    const auto hash = image_hash(opened.image);
    const nlohmann::ordered_json result{{"image", options.image},
                                        {"valid", true},
                                        {"version", version_text(image.header().version)},
                                        {"encrypted", opened.was_encrypted},
                                        {"compressed", image.compressed()},
                                        {"needs", layouts::names_of_services(services_in(image))},
                                        {"program_bytes", program_bytes},
                                        {"signature_checked", !options.key.empty()},
                                        {"layout_checked", !options.layout.empty()},
                                        {fmt::format("sha{}", 8 * hash.size()), to_hex(hash)}};
    fmt::print("{}\n", result.dump(2));
}

void report(const VerifyOptions& options, const ImageFile& image, const ClearImage& opened, std::size_t program_bytes) {
    fmt::print("{}: valid image, version {}, {} bytes, {}\n", options.image, version_text(image.header().version),
               image.image_bytes(), encryption_text(image, opened));
    fmt::print("  hash       {}\n  signature  {}\n", to_hex(image_hash(opened.image)),
               options.key.empty() ? "not checked (no --key)" : "valid");
    if (image.compressed()) fmt::print("  unfolds to {} bytes\n", program_bytes);
    if (const auto fingerprint = fingerprint_in(image))
        fmt::print("  layout     {}{}\n", layouts::to_hex(*fingerprint),
                   options.layout.empty() ? "" : ", as in " + options.layout);
    if (const auto services = services_in(image); services != 0)
        fmt::print("  needs      {}{}\n", layouts::describe_services(services),
                   options.layout.empty() ? "" : ", which the bootloader offers");
}

void verify(const VerifyOptions& options) {
    const auto image = ImageFile::load(options.image);
    std::optional<Key> device_key;
    if (!options.decrypt_key.empty()) {
        device_key = Key::load_for_wrapping(options.decrypt_key, "decryption key");
        device_key->require_private("decryption key");
    }
    const auto opened = open_image(image, device_key ? &*device_key : nullptr);
    std::optional<Key> signer;
    if (!options.key.empty()) signer = Key::load(options.key, "verification key");
    if (signer) require_signature(opened.image, *signer);
    if (!options.layout.empty()) require_layout(opened.image, load_layout(options.layout));
    const auto program = program_of(opened.image, signer ? &*signer : nullptr);
    // What is read out is as secret as the device's key is meant to keep it.
    if (!options.payload_out.empty()) write_file(options.payload_out, program, Access::secret);
    if (options.json)
        report_as_json(options, image, opened, program.size());
    else
        report(options, image, opened, program.size());
}

// A refusal is a result too: scripts get it in the form they asked for.
void verify_for_scripts(const VerifyOptions& options) {
    try {
        verify(options);
    } catch (const Failure& failure) {
        const nlohmann::ordered_json result{{"image", options.image}, {"valid", false}, {"reason", failure.what()}};
        fmt::print("{}\n", result.dump(2));
        throw;
    }
}

} // namespace

void add_verify_command(CLI::App& app) {
    auto* command = app.add_subcommand("verify", "Check an image's hash, signature, encryption and layout");
    const auto o = std::make_shared<VerifyOptions>();
    command->add_option("IMAGE", o->image, "Image file")->type_name("FILE")->required();
    command->add_option("-k,--key", o->key, "Key the image must be signed with (PEM, public is enough)")
        ->type_name("FILE");
    command
        ->add_option("--decrypt-key", o->decrypt_key,
                     "Device's private key, for encrypted images (PEM, pkcs11:..., or an AES key)")
        ->type_name("FILE");
    command
        ->add_option("--payload-out", o->payload_out,
                     "Write the program, decrypted and unfolded, to this file (mode 0600)")
        ->type_name("FILE");
    command->add_option("--layout", o->layout, "Layout the image must be made for")->type_name("FILE");
    command->add_flag("--json", o->json, "Result as JSON");
    command->callback([o] {
        if (o->json)
            verify_for_scripts(*o);
        else
            verify(*o);
    });
    command->footer("Example:\n"
                    "  outboot verify --layout layout.toml -k sign.pem --decrypt-key device.pem app.img");
}

} // namespace outboot::tool

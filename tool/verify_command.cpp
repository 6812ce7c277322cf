// outboot verify: is this image authentic, and for this layout?
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "layout/fingerprint.hpp"
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
    bool json = false;
};

std::string encryption_text(const ImageFile& image, const ClearImage& opened) {
    if (opened.was_encrypted) return "encrypted";
    return image.flagged_encrypted() ? "in clear, with a key for encrypting it" : "in clear";
}

void verify(const VerifyOptions& options) {
    const auto image = ImageFile::parse(read_file(options.image, "the image"));
    std::optional<P256Key> device_key;
    if (!options.decrypt_key.empty()) {
        device_key = P256Key::load(options.decrypt_key, "decryption key");
        device_key->require_private("decryption key");
    }
    const auto opened = open_image(image, device_key ? &*device_key : nullptr);
    if (!options.key.empty()) require_signature(opened.image, P256Key::load(options.key, "verification key"));
    if (!options.layout.empty()) require_layout(opened.image, load_layout(options.layout));
    const auto signature = options.key.empty() ? "not checked (no --key)" : "valid";
    if (options.json) {
        const nlohmann::ordered_json result{{"image", options.image},
                                            {"valid", true},
                                            {"version", version_text(image.header().version)},
                                            {"encrypted", opened.was_encrypted},
                                            {"signature_checked", !options.key.empty()},
                                            {"layout_checked", !options.layout.empty()},
                                            {"sha256", to_hex(sha256(opened.image.signed_region()))}};
        fmt::print("{}\n", result.dump(2));
        return;
    }
    fmt::print("{}: valid image, version {}, {} bytes, {}\n", options.image, version_text(image.header().version),
               image.image_bytes(), encryption_text(image, opened));
    fmt::print("  hash       {}\n  signature  {}\n", to_hex(sha256(opened.image.signed_region())), signature);
    if (const auto fingerprint = fingerprint_in(image))
        fmt::print("  layout     {}{}\n", layouts::to_hex(*fingerprint),
                   options.layout.empty() ? "" : ", as in " + options.layout);
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
    command->add_option("IMAGE", o->image, "Image file")->required();
    command->add_option("-k,--key", o->key, "Key the image must be signed with (PEM, public is enough)");
    command->add_option("--decrypt-key", o->decrypt_key, "Device's private key, for encrypted images (PEM)");
    command->add_option("--layout", o->layout, "Layout the image must be made for");
    command->add_flag("--json", o->json, "Result as JSON");
    command->callback([o] {
        if (o->json)
            verify_for_scripts(*o);
        else
            verify(*o);
    });
}

} // namespace outboot::tool

// outboot provision: one Intel HEX that makes a blank board a device.
#include <memory>

#include <fmt/format.h>

#include "layout/text.hpp"
#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/intel_hex.hpp"
#include "tool/layout_loading.hpp"
#include "tool/provisioning.hpp"

namespace outboot::tool {
namespace {

struct ProvisionOptions {
    std::string layout;
    std::string bootloader;
    std::vector<std::string> sign_keys;
    std::string device_key;
    std::string image;
    std::string app;
    std::string output;
    bool insecure_sample_key = false;
};

void run(const ProvisionOptions& options) {
    const auto layout = load_layout(options.layout);
    ProvisionInput input;
    input.layout = &layout;
    input.bootloader = load_program(options.bootloader);
    for (const auto& path : options.sign_keys) input.signers.push_back(P256Key::load(path, "signing key"));
    if (!options.device_key.empty()) {
        input.device_key = P256Key::load(options.device_key, "device key");
        input.device_key->require_private("device key");
    }
    input.image = ImageFile::load(options.image);
    if (!options.app.empty()) input.app = load_program(options.app);
    input.sample_keys_allowed = options.insecure_sample_key;
    const auto pieces = provision(input);
    // The file holds the device's private key: nobody else may read it.
    write_file(options.output, write_hex(pieces), Access::secret);
    for (const auto& piece : pieces) fmt::print("  {}\n", describe(piece));
    fmt::print("{}: it holds the device's keys, keep it as secret as they are\n", options.output);
}

} // namespace

void add_provision_command(CLI::App& app) {
    auto* command =
        app.add_subcommand("provision", "Make one Intel HEX for production: bootloader, keys, first image, defaults");
    const auto o = std::make_shared<ProvisionOptions>();
    command->add_option("--layout", o->layout, "Layout file")->required();
    command->add_option("--bootloader", o->bootloader, "Bootloader: ELF, Intel HEX or S-record")->required();
    command
        ->add_option("--sign-key", o->sign_keys,
                     "Key whose images the device trusts (PEM, public is enough); up to two")
        ->required()
        ->expected(1)
        ->take_all();
    command->add_option("--device-key", o->device_key, "Device's private key for encrypted updates (PEM)");
    command->add_option("--image", o->image, "First image, signed; an encrypted one is decrypted for the primary slot")
        ->required();
    command->add_option("--app", o->app,
                        "ELF the image was made of: its data-flash and external contents become initial values");
    command->add_option("-o,--output", o->output, "Intel HEX to write (mode 0600)")->required();
    command->add_flag("--insecure-sample-key", o->insecure_sample_key,
                      "Let a device trust or hold a key that comes with examples, whose private half is published");
    command->callback([o] { run(*o); });
    command->footer(
        "Example:\n"
        "  outboot provision --layout layout.toml --bootloader bootloader.elf --sign-key sign.pem --device-key "
        "device.pem --image app.img --app app.elf -o production.hex");
}

} // namespace outboot::tool

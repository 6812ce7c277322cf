// outboot provision: the files that make blank boards devices.
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "layout/text.hpp"
#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/device_rows.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/layout_loading.hpp"
#include "tool/production_files.hpp"
#include "tool/progress.hpp"
#include "tool/provisioning.hpp"

namespace outboot::tool {
namespace {

struct ProvisionOptions {
    std::string layout;
    std::string bootloader;
    std::vector<std::string> sign_keys;
    std::string device_key;
    std::string image;
    std::string decrypt_key;
    std::string app;
    std::string devices;
    std::optional<std::string> serial;
    std::string serial_region;
    std::string output;
    bool per_memory = false;
    bool option_settings = false;
    bool insecure_sample_key = false;
};

P256Key private_key(const std::string& path, const std::string& purpose) {
    auto key = P256Key::load(path, purpose);
    key.require_private(purpose);
    return key;
}

// What all devices of a run have in common.
ProvisionInput common_input(const ProvisionOptions& options, const layouts::Model& layout) {
    ProvisionInput input;
    input.layout = &layout;
    input.bootloader = load_program(options.bootloader);
    for (const auto& path : options.sign_keys) input.signers.push_back(P256Key::load(path, "signing key"));
    if (!options.device_key.empty()) input.device_key = private_key(options.device_key, "device key");
    if (!options.decrypt_key.empty()) input.image_key = private_key(options.decrypt_key, "decryption key");
    input.image = ImageFile::load(options.image);
    if (!options.app.empty()) input.app = load_program(options.app);
    input.sample_keys_allowed = options.insecure_sample_key;
    if (options.option_settings) input.option_settings = OptionSettings::allowed;
    return input;
}

std::optional<SerialPlace> place_for_serial(const ProvisionOptions& options, const layouts::Model& layout) {
    if (options.serial_region.empty()) return std::nullopt;
    return serial_place(options.serial_region, layout);
}

std::vector<ProductionFile> files_for(const ProvisionOptions& options, const ProvisionInput& input,
                                      const std::string& output) {
    return production_files(output, provision(input), *input.layout,
                            options.per_memory ? Division::per_memory : Division::one_file);
}

void warn_of_option_settings(const ProvisionInput& input) {
    for (const auto& piece : input.bootloader.pieces)
        if (in_option_settings(piece, *input.layout))
            print_warning(fmt::format("option settings are programmed: {}", describe(piece)),
                          "block protection and some others are for ever: hold each word against the manual first");
}

void make_one(const ProvisionOptions& options, const ProvisionInput& input) {
    const auto files = files_for(options, input, options.output);
    for (const auto& file : files) {
        write_production_file(file);
        if (options.per_memory) fmt::print("{}:\n", file.path);
        for (const auto& piece : file.pieces) fmt::print("  {}\n", describe(piece));
    }
    fmt::print("{}: it holds the device's keys, keep it as secret as they are\n", files.front().path);
}

// Everything about a row that can be wrong is looked at before the first file is written.
void make_many(const ProvisionOptions& options, ProvisionInput input, const std::optional<SerialPlace>& place) {
    const auto table = read_csv(options.devices);
    if (input.device_key && table.column("device_key"))
        throw Failure(fmt::format("--device-key is one key for all, and {} has a column 'device_key'", table.path),
                      "use one of them");
    const bool encrypts = input.layout->encryption != layouts::Encryption::none;
    const auto devices = device_rows(table, {.output_pattern = options.output,
                                             .serial_bytes = place ? std::optional(place->size) : std::nullopt,
                                             .wants_device_keys = encrypts && !input.device_key});
    const auto for_device = [&](const DeviceRow& device) {
        auto own = input;
        if (device.device_key) own.device_key = device.device_key;
        if (place) own.serial = Serial{*place, device.serial};
        return own;
    };
    Progress progress("making production files", devices.size());
    for (std::size_t i = 0; i < devices.size(); ++i) {
        try {
            for (const auto& file : files_for(options, for_device(devices[i]), devices[i].output)) {
                if (const auto parent = std::filesystem::path(file.path).parent_path(); !parent.empty())
                    make_directory(parent.string());
                write_production_file(file);
            }
        } catch (const Failure& failure) {
            throw Failure(fmt::format("{}:{}: {} ({} of {} devices are written)", table.path, devices[i].line,
                                      failure.what(), i, devices.size()),
                          failure.hint());
        }
        progress.at(i + 1);
    }
    fmt::print("{} devices, {} to {}: the files hold their keys, keep them as secret as they are\n", devices.size(),
               devices.front().output, devices.back().output);
}

void run(const ProvisionOptions& options) {
    require_record_format(options.output);
    const auto layout = load_layout(options.layout);
    auto input = common_input(options, layout);
    const auto place = place_for_serial(options, layout);
    warn_of_option_settings(input);
    if (!options.devices.empty()) return make_many(options, std::move(input), place);
    if (place) input.serial = Serial{*place, *options.serial};
    make_one(options, input);
}

constexpr char footer[] = R"(Example:
  outboot provision --layout layout.toml --bootloader bootloader.elf --sign-key sign.pem --device-key device.pem --image app.img --app app.elf -o production.hex

Many devices, each with a key and a serial number of its own, one file for each row of a table:
  outboot provision --layout layout.toml --bootloader bootloader.elf --sign-key sign.pem --image app.img --devices devices.csv --serial-region parameters+0x40 -o 'out/{serial}.hex'

The table's first line names its columns:
  serial        the serial number: printable ASCII, each only once
  device_key    file of the device's private key (PEM), counted from the table's directory; each only once
  any other     for names of files only: {column} in -o stands for the cell, {row} for the row's number

A serial number stands as text at the given place, filled up with zeros, in 32 bytes unless SIZE says otherwise.
)";

void add_device_options(CLI::App& command, ProvisionOptions& o) {
    auto* const devices = command.add_option("--devices", o.devices, "Table of devices (CSV), see below");
    auto* const region = command.add_option("--serial-region", o.serial_region,
                                            "Where serial numbers go: an application region of the layout");
    region->type_name("REGION[+OFFSET][:SIZE]");
    auto* const serial = command.add_option("--serial", o.serial, "Serial number of the one device");
    serial->needs(region)->excludes(devices);
}

void check_usage(const ProvisionOptions& o) {
    if (!o.serial_region.empty() && !o.serial && o.devices.empty())
        throw CLI::RequiresError("--serial-region", "--serial or --devices");
}

} // namespace

void add_provision_command(CLI::App& app) {
    auto* command = app.add_subcommand(
        "provision", "Make the production file: bootloader, keys, first image, journal, initial values");
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
    command->add_option("--decrypt-key", o->decrypt_key,
                        "Private key that opens the first image, if it isn't the device's own (PEM)");
    command->add_option("--app", o->app,
                        "ELF the image was made of: its data-flash and external contents become initial values");
    add_device_options(*command, *o);
    command
        ->add_option(
            "-o,--output", o->output,
            "File to write (mode 0600): Intel HEX, or S-record if it ends with .srec, .s19, .s28, .s37 or .mot")
        ->required();
    command->add_flag("--per-memory", o->per_memory,
                      "A file for each memory, FILE-code_flash.hex and so on; addresses stay those of the MCU");
    command->add_flag(
        "--option-settings", o->option_settings,
        "Also program what the bootloader's file holds for option-setting memory; some of it is for ever");
    command->add_flag("--insecure-sample-key", o->insecure_sample_key,
                      "Let a device trust or hold a key that comes with examples, whose private half is published");
    command->footer(footer);
    command->callback([o] {
        check_usage(*o);
        run(*o);
    });
}

} // namespace outboot::tool

// outboot accept: what would the bootloader say of this staged image?
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/reason_text.hpp"
#include "tool/acceptance.hpp"
#include "tool/commands.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/image_check.hpp"
#include "tool/layout_loading.hpp"
#include "tool/number_option.hpp"
#include "tool/program.hpp"

namespace outboot::tool {
namespace {

struct AcceptOptions {
    std::string image;
    std::string layout;
    std::string installed;
    std::string verify_key;
    std::string decrypt_key;
    std::string request;
    std::optional<std::uint32_t> counter;
    std::optional<std::uint32_t> slot_size;
    std::optional<std::uint32_t> header_size;
    bool no_fingerprint = false;
    bool json = false;
};

// Of a foreign bootloader only what verification asks for. An image that says where it runs from is believed.
core::Layout foreign_layout(const AcceptOptions& options, ByteSpan image) {
    core::Layout layout;
    layout.primary = layout.secondary = {0, *options.slot_size};
    layout.header_size = *options.header_size;
    layout.encryption_required = false;
    if (image.size() >= format::header_bytes) {
        const auto header = format::decode_header(image.first<format::header_bytes>());
        if ((header.flags & format::flag_rom_fixed) != 0) layout.code_flash_address = header.load_address;
    }
    return layout;
}

core::Request request_for(const AcceptOptions& options, const core::Layout& layout) {
    if (options.request == "test") return core::Request::test;
    if (options.request == "permanent") return core::Request::permanent;
    return layout.plan == core::Plan::overwrite ? core::Request::permanent : core::Request::test;
}

// In the primary slot the payload is in clear, however it came.
ByteVector installed_image(const std::string& path, const std::optional<P256Key>& device_key, std::uint32_t slot) {
    const auto file = ImageFile::load(path, "the installed image");
    const auto opened = open_image(file, device_key ? &*device_key : nullptr);
    const auto image = opened.image.image();
    if (image.size() > slot)
        throw Failure(fmt::format("{} has {} bytes: it can't be installed in a slot of {}", path, image.size(), slot));
    return {image.begin(), image.end()};
}

AcceptanceInput input_for(const AcceptOptions& options) {
    AcceptanceInput input;
    input.staged = read_content(options.image, "the image");
    input.layout = options.layout.empty() ? foreign_layout(options, input.staged) : load_layout(options.layout).core;
    input.fingerprint_matters = !options.no_fingerprint;
    input.request = request_for(options, input.layout);
    input.counter_floor = options.counter.value_or(0);
    if (!options.verify_key.empty()) input.signer = P256Key::load(options.verify_key, "verification key");
    if (!options.decrypt_key.empty()) {
        input.device_key = P256Key::load(options.decrypt_key, "decryption key");
        input.device_key->require_private("decryption key").require_readable();
    }
    if (!options.installed.empty())
        input.installed = installed_image(options.installed, input.device_key, input.layout.primary.size);
    return input;
}

// A file that is longer than the slot can't even be staged.
Acceptance acceptance_of(const AcceptanceInput& input) {
    if (input.staged.size() > input.layout.secondary.size) return {core::Reason::too_large};
    return judge(input);
}

void report(const AcceptOptions& options, const AcceptanceInput& input, const Acceptance& result) {
    const auto reason = core::text(result.staged);
    const bool accepted = result.staged == core::Reason::none;
    if (options.json) {
        const nlohmann::ordered_json json{{"image", options.image},
                                          {"accepted", accepted},
                                          {"code", static_cast<int>(result.staged)},
                                          {"reason", reason.name},
                                          {"meaning", reason.meaning}};
        fmt::print("{}\n", json.dump(2));
    } else if (accepted) {
        fmt::print("{}: accepted{}\n", options.image,
                   options.no_fingerprint                      ? ""
                   : input.request == core::Request::permanent ? ", and installed for good"
                                                               : ", and installed on trial");
    } else {
        fmt::print("{}: refused, reason {} ({}): {}\n", options.image, static_cast<int>(result.staged), reason.name,
                   reason.meaning);
    }
    if (result.staged == core::Reason::unknown_key && !input.signer)
        print_note("no --verify-key: this device trusts no key of yours");
    if (result.installed && *result.installed != core::Reason::none)
        print_warning(fmt::format("{} wouldn't run on this device itself: {}", options.installed,
                                  core::text(*result.installed).meaning),
                      "check --installed, --verify-key and --counter");
}

void check_usage(const AcceptOptions& options) {
    const bool foreign = options.slot_size || options.header_size;
    if (!options.layout.empty() && foreign) throw CLI::ExcludesError("--layout", "--slot-size and --header-size");
    if (options.layout.empty() && (!options.slot_size || !options.header_size))
        throw CLI::RequiredError("--layout, or --slot-size and --header-size");
    if (!options.layout.empty()) return;
    if (!options.no_fingerprint)
        throw CLI::RequiresError("--slot-size", "--no-fingerprint: without a layout there is none to compare with");
    if (*options.header_size < format::header_bytes || *options.header_size > 0xffff)
        throw CLI::ValidationError("--header-size", "32 to 65,535 bytes");
    if (*options.slot_size <= *options.header_size || *options.slot_size > 64U << 20U)
        throw CLI::ValidationError("--slot-size", "more than the header, and at most 64M");
}

// 1 means that the bootloader refuses, so whatever keeps it from being asked is wrong usage.
int accept(const AcceptOptions& options) {
    check_usage(options);
    try {
        const auto input = input_for(options);
        const auto result = acceptance_of(input);
        report(options, input, result);
        return result.staged == core::Reason::none ? exit_success : exit_failure;
    } catch (const Failure& failure) {
        print_error(failure.what(), failure.hint());
        return exit_usage;
    }
}

} // namespace

void add_accept_command(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("accept", "Say what the bootloader would say of a staged image, and why");
    const auto o = std::make_shared<AcceptOptions>();
    command->add_option("IMAGE", o->image, "Image file, as it is staged")->type_name("FILE")->required();
    command->add_option("--layout", o->layout, "Layout of the device")->type_name("FILE");
    command->add_option("--installed", o->installed, "Image that the device runs; without it its slot is empty")
        ->type_name("FILE");
    add_number(*command, "--counter", o->counter, "Highest security counter that the device has confirmed; default 0");
    command->add_option("--verify-key", o->verify_key, "Key whose images the device trusts (PEM, public is enough)")
        ->type_name("FILE");
    command->add_option("--decrypt-key", o->decrypt_key, "Device's private key, for encrypted images (PEM)")
        ->type_name("FILE");
    command->add_option("--request", o->request, "What is asked for; default test, with plan overwrite permanent")
        ->check(CLI::IsMember({"test", "permanent"}));
    add_number(*command, "--slot-size", o->slot_size, "In place of a layout: bytes of the slot");
    add_number(*command, "--header-size", o->header_size, "In place of a layout: bytes before the payload");
    command->add_flag("--no-fingerprint", o->no_fingerprint,
                      "Don't ask which layout the image is for; its structure, signature and counter count");
    command->add_flag("--json", o->json, "Result as JSON");
    command->callback([o, &exit_code] { exit_code = accept(*o); });
    command->footer("Example, a device that runs the first release:\n"
                    "  outboot accept --layout layout.toml --installed first.img --counter 1 --verify-key sign.pem "
                    "--decrypt-key device.pem app.img");
}

} // namespace outboot::tool

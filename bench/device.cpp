#include "bench/device.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "board/random.hpp"
#include "tool/image_builder.hpp"
#include "tool/payload.hpp"
#include "tool/provisioning.hpp"

namespace outboot::bench {
namespace {

constexpr board::Picoseconds patience = 60 * board::second; // virtual, for a boot or an answer

layouts::Model layout_of(const std::string& plan) {
    const std::string file = OUTBOOT_EXAMPLE "/layout" + (plan == "offset" ? "" : "-" + plan) + ".toml";
    auto loaded = layouts::load(file);
    if (!loaded.model) throw std::runtime_error(file + " can't be read, or has errors");
    return std::move(*loaded.model);
}

std::string arm_file(const std::string& plan, const std::string& directory, const char* name) {
    return directory + (plan == "offset" ? "/" : "/" + plan + "/") + name;
}

} // namespace

Device::Device(const std::string& plan, const std::string& arm_directory)
    : layout(layout_of(plan)), bootloader(arm_file(plan, arm_directory, "bootloader.elf")),
      bootloader_program_(tool::load_program(arm_file(plan, arm_directory, "bootloader.elf"))),
      application_(tool::load_program(arm_file(plan, arm_directory, "bare-v1.elf"))) {}

tool::ByteVector Device::image(std::uint8_t version, std::uint32_t bytes) const {
    tool::ImagePlan plan;
    plan.header_size = static_cast<std::uint16_t>(layout.core.header_size);
    plan.version.major = version;
    plan.security_counter = version;
    plan.custom_tlvs.emplace_back(format::tlv::layout_fingerprint,
                                  tool::ByteVector(layout.core.fingerprint.begin(), layout.core.fingerprint.end()));
    plan.signing_key = &signer_;
    plan.pad_signature = true; // the same size every time
    plan.encryption_key = &device_key_;

    tool::ByteVector payload = tool::payload_for(application_, layout, 0xff).bytes;
    const std::size_t around = tool::build_image(plan, tool::ByteVector(16)).size() - 16;
    const std::size_t wanted = bytes > around ? (bytes - around) / 16 * 16 : 0;
    if (wanted < payload.size())
        throw std::runtime_error(fmt::format("an image of {} bytes is too small for the application", bytes));
    board::Random random(version);
    std::generate_n(std::back_inserter(payload), wanted - payload.size(), [&] { return random.byte(); });
    return tool::build_image(plan, payload);
}

void Device::provision(const tool::ByteVector& first_image) {
    tool::ProvisionInput input;
    input.layout = &layout;
    input.bootloader = bootloader_program_;
    input.signers.push_back(signer_);
    input.device_key = device_key_;
    input.image = tool::ImageFile::parse(first_image);
    for (const tool::Piece& piece : tool::provision(input))
        board.program(static_cast<std::uint32_t>(piece.address), piece.data);
}

void Device::stage(const tool::ByteVector& image) {
    board.program(board::address::external + layout.core.secondary.base, image);
}

void Device::run_to_reset_handler() {
    if (!board.powered()) board.power_on();
    const auto entry = bootloader.address_of("outboot_reset_handler");
    if (board.run({.address = entry, .time = patience}).stop != board::Stop::address)
        throw std::runtime_error("the bootloader isn't reached");
}

void Device::command(const std::string& line, const std::string& expected) {
    board.send(line + "\n");
    const board::RunResult result = board.run({.uart_text = expected + "\r\n", .time = patience});
    if (result.stop != board::Stop::uart_text)
        throw std::runtime_error(fmt::format("the application didn't answer \"{}\" with \"{}\": {} {}; it said:\n{}",
                                             line, expected, name(result.stop), result.detail, board.uart()));
}

std::uint32_t Device::application_entry() const {
    return board.word(layout.primary().address + layout.core.header_size + 4) & ~1U;
}

void Device::require_slice_end(const board::RunResult& result) {
    if (result.stop == board::Stop::time_limit || result.stop == board::Stop::instruction_limit) return;
    throw std::runtime_error(
        fmt::format("the board stopped before the application ran: {} {}", name(result.stop), result.detail));
}

} // namespace outboot::bench

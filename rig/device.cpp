#include "rig/device.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include "board/random.hpp"
#include "tool/provisioning.hpp"

namespace outboot::rig {

namespace {

constexpr const char* ready_line = "ready\r\n";

tool::ByteVector random_bytes(std::size_t count, std::uint64_t seed) {
    board::Random random(seed);
    tool::ByteVector bytes(count);
    std::generate(bytes.begin(), bytes.end(), [&random] { return random.byte(); });
    return bytes;
}

} // namespace

std::string Landing::describe() const {
    return fmt::format("{} ({}) at 0x{:x} after {:.3f} s; phase {}, outcome {}, reason {}, move {}, boot reason {}",
                       board::name(run.stop), run.detail, run.pc, board::in_seconds(run.time),
                       core::name(record.state.phase), core::name(record.state.outcome),
                       core::name(record.state.reason), record.state.move, core::name(record.boot_reason));
}

Device::Device(const Product& of, const board::Config& config) : product(of), board(config) {
    secrets_.add_key("the device's private key", product.device_key.private_scalar());
}

Image Device::make(const ImageSpec& spec) {
    Image image = make_image(product, spec);
    const std::string name = fmt::format("image {}", spec.version);
    secrets_.add(name, image.payload());
    if (!image.image_key.empty()) secrets_.add_key("key of " + name, image.image_key);
    secrets_.add_key("way-out key of " + name, image.way_out_key);
    return image;
}

void Device::provision(const Image& first) {
    const layouts::Model& layout = product.layout;
    board.external().array().load(0, random_bytes(layout.core.external_size, 77));
    board.program(board::address::data_flash, random_bytes(layout.core.journal.base, 78));
    const auto pieces = tool::provision({.layout = &layout,
                                         .bootloader = product.bootloader,
                                         .signers = {product.signer},
                                         .device_key = product.device_key,
                                         .image = tool::ImageFile::parse(first.staged),
                                         .app = {}});
    for (const auto& piece : pieces) board.program(static_cast<std::uint32_t>(piece.address), piece.data);
    const auto outside = board.external().array().bytes().first(layout.core.secondary.base);
    external_before_.assign(outside.begin(), outside.end());
    data_flash_before_ = board.read(board::address::data_flash, layout.core.journal.base);
}

void Device::stage(tool::ByteSpan image) {
    board.external().array().load(product.layout.core.secondary.base, image);
}

void Device::leave_behind(const Image& image) {
    const std::uint32_t unit = product.layout.core.primary_program_unit;
    const auto from = static_cast<std::uint32_t>((image.clear.size() + unit - 1) / unit * unit);
    const auto residue = random_bytes(product.layout.core.primary.size - from, 79);
    board.program(product.layout.primary().address + from, residue);
    secrets_.add("what lies behind the image", residue);
}

Landing Device::start(board::Picoseconds limit) {
    board.power_on();
    return run(limit);
}

Landing Device::run(board::Picoseconds limit) {
    return landing(board.run({.uart_text = ready_line, .time = limit}));
}

Landing Device::run_to_a_reason() {
    Landing landing = run(board::second / 10);
    for (int tenths = 0; tenths < 200 && !landing.ready() && landing.record.boot_reason == Reason::none; ++tenths)
        landing = run(board::second / 10);
    const Landing later = landing.ready() ? landing : run(board::second);
    return later.record.boot_reason == Reason::none && !later.ready() ? landing : later; // it may just be resetting
}

Landing Device::reset(board::Picoseconds limit) {
    board.send("reset\n");
    return run(limit);
}

std::string Device::ask(const std::string& command) {
    const std::size_t before = board.uart().size();
    board.send(command + "\n");
    const auto run = board.run({.uart_text = "\n"});
    if (run.stop != board::Stop::uart_text) throw std::runtime_error("no answer to '" + command + "': " + run.detail);
    const std::string answer = board.uart().substr(before);
    return answer.substr(0, answer.find('\r'));
}

Landing Device::update(const Image& image, Request request) {
    stage(image.staged);
    const std::string command = fmt::format("request {}", core::name(request));
    if (const auto answer = ask(command); answer != command + ": ok") throw std::runtime_error(answer);
    return reset();
}

Landing Device::landing(board::RunResult run) {
    return {.run = std::move(run), .record = ram_record(), .said = board.boots().back().uart, .resets = run.resets};
}

tool::ByteVector Device::slot() const {
    return board.read(product.layout.primary().address, product.layout.core.primary.size);
}

std::uint32_t Device::backup_base() const {
    const core::Layout& layout = product.layout.core;
    return layout.secondary.base + (layout.plan == Plan::offset ? layout.hole.size : 0);
}

bool Device::primary_holds(const Image& image) const {
    const auto bytes = slot();
    const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(image.clear.size());
    return std::equal(image.clear.begin(), image.clear.end(), bytes.begin()) &&
           std::all_of(end, bytes.end(), [](std::uint8_t byte) { return byte == 0xff; });
}

core::RamRecord Device::ram_record() const {
    core::RamRecord record;
    const auto raw = board.read(board::address::ram_record, sizeof record);
    std::memcpy(&record, raw.data(), sizeof record);
    return record;
}

void Device::let_application_write(std::uint32_t address, std::uint32_t bytes) {
    written_by_application_.push_back({address, bytes});
}

bool Device::application_data_intact() const {
    auto outside = board.read(board::address::external, external_before_.size());
    auto inside = board.read(board::address::data_flash, data_flash_before_.size());
    for (const Range& range : written_by_application_) {
        const bool external = range.address >= board::address::external;
        const auto at = range.address - (external ? board::address::external : board::address::data_flash);
        const auto& before = external ? external_before_ : data_flash_before_;
        std::copy_n(before.begin() + at, range.bytes, (external ? outside : inside).begin() + at);
    }
    return outside == external_before_ && inside == data_flash_before_;
}

std::string Device::trouble() const {
    std::string text;
    for (const auto& violation : board.violations())
        text += fmt::format("violation at 0x{:x}: {}\n", violation.pc, violation.what);
    if (const auto found = secrets_.search(board.external().writes())) text += "secret outside: " + *found + "\n";
    if (!application_data_intact()) text += "bytes that belong to the application have changed\n";
    for (const auto& boot : board.boots()) {
        const bool watchdog = boot.cause == board::ResetCause::iwdt || boot.cause == board::ResetCause::wdt;
        if (watchdog && !watchdog_resets_expected) text += "a watchdog reset\n";
    }
    return text;
}

void restore(Device& device, const board::Contents& contents) {
    device.board.power_off();
    device.board.operations().clear_plans();
    device.board.external().clear_faults();
    device.board.external().clear_writes();
    device.board.set_contents(contents);
}

} // namespace outboot::rig

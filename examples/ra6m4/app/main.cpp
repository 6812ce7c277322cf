// The example application: says who it is, takes commands and updates over the UART. What it does besides is in its
// parts.
//
// Built twice, as version 1 and version 2; the second one also has initial values for its parameters in data flash and
// a section for the assets region of the external chip, as real products do.
#include <algorithm>
#include <string_view>

#include "app/update.hpp"
#include "app/update_text.hpp"
#include "core/ram_record.hpp"
#include "core/reason_text.hpp"
#include "examples/ra6m4/app/devices.hpp"
#include "examples/ra6m4/app/parts.hpp"
#include "examples/ra6m4/app/pictures.hpp"
#include "examples/ra6m4/app/text.hpp"
#include "examples/ra6m4/app/timer.hpp"
#include "examples/ra6m4/app/uart.hpp"
#include "examples/ra6m4/app/xmodem.hpp"
#include "ports/ra6m4/clock.hpp"

#if APP_VERSION >= 2
[[gnu::section(".data_flash.greeting"), gnu::used]] extern const char initial_greeting[] = "parameters of version 2";
[[gnu::section(".assets.note"), gnu::used]] extern const char assets_note[] = "assets of version 2";
#endif

namespace example {

namespace {

using namespace outboot;
using uart::print;
using uart::print_number;

Update update(outboot::layout, devices.external(), devices.data_flash());

void report(std::string_view what, UpdateResult result) {
    print(what);
    print(": ");
    print(name(result));
    print("\n");
}

void show_version(const format::Version& version) {
    print_number(version.major);
    print(".");
    print_number(version.minor);
    print(".");
    print_number(version.revision);
}

format::Version running_version() {
    const auto* header = reinterpret_cast<const std::uint8_t*>(outboot::layout.primary.base);
    return format::decode_header(std::span<const std::uint8_t, format::header_bytes>(header, format::header_bytes))
        .version;
}

void show_status() {
    UpdateStatus now;
    const UpdateResult result = update.status(now);
    if (result != UpdateResult::ok) return report("status", result);
    print("status: version ");
    show_version(running_version());
    print(", phase ");
    print(core::name(now.phase));
    print(", last outcome ");
    print(core::name(now.outcome));
    print(", reason ");
    print(core::name(now.reason));
    print(", attempts left ");
    print_number(now.attempts);
    print(now.confirmed ? ", confirmed\n" : "\n");
}

// A report that the application also remembers, as `event`.
void report_event(std::string_view what, UpdateResult result, std::string_view event) {
    report(what, result);
    if (result == UpdateResult::ok) note_event(event);
}

struct Transfer {
    std::uint32_t size;
    std::uint32_t left;
    UpdateResult result;
};

constexpr std::uint32_t note_every_bytes = 16 * 1024;

bool take_block(void* context, const std::uint8_t* bytes, std::uint32_t count) {
    auto& transfer = *static_cast<Transfer*>(context);
    const std::uint32_t part = count < transfer.left ? count : transfer.left; // the rest is XMODEM's padding
    transfer.result = update.write(bytes, part);
    transfer.left -= part;
    const std::uint32_t received = transfer.size - transfer.left;
    if (transfer.result == UpdateResult::ok && received % note_every_bytes < part) {
        note_event(ShortText().add("staged ").add(received / 1024).add(" KB"));
    }
    return transfer.result == UpdateResult::ok;
}

void receive(std::uint32_t size) {
    UpdateResult result = update.begin(size, Update::Id{}); // XMODEM always starts at the first byte: never goes on
    if (result != UpdateResult::ok) return report("receive", result);
    print("receive: send with XMODEM\n");
    Transfer transfer{size, size, UpdateResult::ok};
    const xmodem::Result end = xmodem::receive(take_block, &transfer);
    if (end == xmodem::Result::ok) {
        result = update.finish();
    } else if (end == xmodem::Result::refused) {
        result = transfer.result;
    } else {
        result = UpdateResult::incomplete;
    }
    report_event("receive", result, "received");
}

bool a_part_obeys(std::string_view line) {
    return std::ranges::any_of(parts(), [line](const Part& part) { return part.obey(line); });
}

void list_commands() {
    print("commands: status, receive <bytes>, request test, request permanent, confirm, reset");
    for (const Part& part : parts()) {
        print(", ");
        print(part.commands);
    }
    print("\n");
}

void obey(std::string_view line) {
    if (line == "status") {
        show_status();
    } else if (const auto size = argument(line, "receive")) {
        receive(number(*size).value_or(0));
    } else if (line == "request test") {
        report_event(line, update.request(core::Request::test), "test requested");
    } else if (line == "request permanent") {
        report_event(line, update.request(core::Request::permanent), "asked for good");
    } else if (line == "confirm") {
        report_event(line, update.confirm(), "confirmed");
    } else if (line == "reset") {
        print("resetting\n");
        uart::flush();
        ra6m4::reset_mcu();
    } else if (!line.empty() && !a_part_obeys(line)) {
        list_commands();
    }
}

[[noreturn]] void serve() {
    static char line[64];
    std::size_t length = 0;
    for (;;) {
        const int byte = uart::get(1000);
        if (byte < 0) continue;
        if (byte != '\r' && byte != '\n') {
            if (length < sizeof line) line[length++] = static_cast<char>(byte);
            continue;
        }
        obey({line, length});
        length = 0;
    }
}

} // namespace

extern "C" void application_main() {
    ra6m4::begin_application();
    timer::begin(200);
    uart::begin(100);
    print("\noutboot example application, version ");
    show_version(running_version());
    print("\n");
#if APP_PICTURES
    print(pictures_intact() ? "pictures: intact\n" : "pictures: damaged\n");
#endif
    show_status();
    for (const Part& part : parts()) part.begin();
    print("ready\n");
    serve();
}

} // namespace example

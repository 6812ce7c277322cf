// What the bootloader leaves in RAM for a debugger, the application and the virtual board: where the device stands and
// why. 64 bytes at a fixed address of the layout, outside both programs' linker regions. Written anew at every boot.
#pragma once

#include <array>
#include <cstdint>

#include "core/state.hpp"
#include "format/image.hpp"

namespace outboot::core {

struct RamRecord {
    static constexpr std::uint32_t expected_magic = 0x5252424f; // "OBRR"
    static constexpr std::uint8_t expected_version = 1;

    std::uint32_t magic = expected_magic;
    std::uint8_t version = expected_version;
    std::uint8_t size_bytes = 64;
    Reason boot_reason = Reason::none; // of this boot: why nothing runs, what is waited for, what was wrong on the way
    std::uint8_t journal_lost = 0;     // 1: the journal was empty or damaged
    std::uint8_t application_runs = 0; // 1: written just before the jump
    std::uint8_t nothing_valid_boots = 0; // boots in a row that found nothing to run
    std::uint16_t reserved = 0;
    State state;             // as in the journal; its outcome and reason are those of the last update
    format::Version running; // of the image jumped to
    std::array<std::uint8_t, 8> fingerprint{};
    std::array<std::uint32_t, 4> unused{};
};
static_assert(sizeof(RamRecord) == 64);

} // namespace outboot::core

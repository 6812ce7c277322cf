// A checked layout: everything placed, every rule kept. Whoever holds a Model needs no further checks.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/layout.hpp"
#include "core/plan.hpp"
#include "layout/catalogue.hpp"
#include "layout/diagnostics.hpp"
#include "layout/spec.hpp"

namespace outboot::layouts {

using Fingerprint = std::array<std::uint8_t, 8>;

struct Region {
    std::string name;
    int line = 0;
    Role role = Role::application;
    Memory memory = Memory::code_flash;
    std::uint32_t offset = 0; // from the device's start, bytes
    std::uint32_t size = 0;
    std::uint32_t address = 0; // where it is mapped
    std::vector<std::string> sections;

    [[nodiscard]] std::uint64_t end() const { return std::uint64_t{offset} + size; }
    [[nodiscard]] AddressRange range() const { return {address, size}; }
};

using core::Chunk;

struct Model {
    std::string file; // as given by the user
    std::string name;
    McuPointer mcu;
    NorPointer external;
    Signature signature = Signature::ecdsa_p256;
    Encryption encryption = Encryption::none;
    bool fast_crypto = false;    // the bootloader's cryptography is built for speed, not for size
    std::vector<Region> regions; // in the file's order
    std::vector<Chunk> chunks;   // of the primary slot, ascending
    std::uint32_t max_image = 0; // header to last TLV, bytes
    core::Layout core;           // what bootloader and application are built from, with the fingerprint

    // The region of a role that occurs once in a checked layout; nullptr if there is none (hole, scratch).
    [[nodiscard]] const Region* find(Role role) const;
    [[nodiscard]] const Region& primary() const { return *find(Role::primary); }
    [[nodiscard]] std::uint32_t application_address() const { return primary().address + core.header_size; }
};

// What signing adds behind the payload at most, kept free by the application's linker script: 4 + 8 + 12 + 8 protected
// (counter, fingerprint, service table), 4 + 36 + 36 + 76 + 117 unprotected (hash, key hash, signature, wrapped key),
// 15 bytes of padding, and something for custom TLVs.
inline constexpr std::uint32_t tlv_room = 384;

struct Loaded {
    std::optional<Model> model; // unset if there is any error
    Diagnostics diagnostics;
};

// Reads and checks a layout file. An unreadable file is a diagnostic like any other.
Loaded load(const std::string& path);

// The same from text; `file` is only named in messages and emitted files.
Loaded parse(std::string_view text, const std::string& file);

} // namespace outboot::layouts

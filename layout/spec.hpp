// A layout file as written: every key read and typed, nothing placed, nothing checked against anything else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/layout.hpp"
#include "layout/catalogue.hpp"

namespace outboot::layouts {

enum class Memory { code_flash, data_flash, external };
enum class Role { bootloader, primary, secondary, hole, scratch, journal, application };
enum class Signature : std::uint8_t { ecdsa_p256 = 1 };
enum class Encryption : std::uint8_t { none = 0, ecies_p256_aes128 = 1 };

std::string to_string(Memory memory);
std::string to_string(Role role);
std::string to_string(core::Plan plan);
std::string to_string(Signature signature);
std::string to_string(Encryption encryption);

struct RegionSpec {
    std::string name;
    int line = 0;
    std::optional<Role> role;     // unset: missing or unknown, already reported
    std::optional<Memory> memory; // likewise
    bool rest = false;            // size = "rest"
    std::optional<std::uint32_t> size;
    std::optional<std::uint32_t> offset;
    std::optional<std::uint32_t> align;
    std::vector<std::string> sections;
};

struct LayoutSpec {
    std::string name;
    McuPointer mcu; // nullptr: missing, unknown or badly described, already reported
    int mcu_line = 0;
    NorPointer external; // likewise
    int external_line = 0;
    std::optional<core::Plan> plan;
    std::optional<std::uint32_t> header_size;
    int header_size_line = 0;
    std::optional<std::uint32_t> max_image; // [image] max_size
    int max_image_line = 0;
    std::optional<Signature> signature;
    std::optional<Encryption> encryption;
    bool fast_crypto = false;   // [crypto] optimize = "speed"
    std::uint32_t services = 0; // [services] offer
    int services_line = 0;
    std::optional<bool> encrypted_updates;
    int policy_line = 0;
    bool overwrite_broken_primary = true;
    std::vector<RegionSpec> regions;
};

} // namespace outboot::layouts

// What `sign` can be asked for: imgtool's options, and those of outboot.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "tool/trailer.hpp"

namespace outboot::tool {

struct SignOptions {
    std::string input;
    std::string output;
    std::string layout;
    std::string version;
    std::string split; // directory for what is left out
    std::string seed_file;
    bool json = false;
    bool insecure_sample_key = false;

    std::string key;
    std::string hash = "auto"; // auto, 256, 384, 512
    std::string public_key_format = "hash";
    std::string vector_to_sign; // payload, digest
    std::string given_signature;
    std::string given_signature_key;
    std::string signature_out;
    bool pure = false;
    bool pad_signature = false;

    std::string encrypt;
    unsigned key_bits = 128;
    std::string wrap_hash = "auto"; // auto, 256, 512
    bool clear = false;
    bool save_wrapped_key = false;

    std::optional<std::string> counter;
    std::optional<std::string> boot_record;
    std::string dependencies;
    std::vector<std::pair<std::string, std::string>> custom_tlvs;
    std::vector<std::pair<std::string, std::string>> custom_tlv_files;
    std::optional<std::string> vendor;
    std::optional<std::string> device_class;
    std::vector<std::string> needs; // services, beside those an ELF says itself; or "none"

    std::optional<std::uint32_t> header_size;
    std::optional<std::uint32_t> slot_size;
    std::optional<std::uint32_t> align;
    std::optional<std::uint32_t> max_align;
    std::optional<std::uint32_t> sector_size;
    std::optional<std::uint32_t> load_address;
    std::optional<std::uint32_t> rom_fixed;
    std::optional<std::uint32_t> hex_address;
    std::uint32_t max_sectors = 128;
    std::uint32_t erased_value = 0xff;
    std::string endian = "little";
    std::string compression = "disabled";
    SwapMode swap = SwapMode::scratch;
    bool pad_header = false;
    bool pad = false;
    bool confirm = false;
    bool test = false;
    bool non_bootable = false;
    bool overwrite_only = false;

    [[nodiscard]] bool padded() const { return pad || confirm || test; }
    [[nodiscard]] bool needs_nothing() const { return needs.size() == 1 && needs.front() == "none"; }
};

// Adds the options to a command; what is wrong with single ones or with pairs of them is wrong usage.
void add_sign_options(CLI::App& command, SignOptions& options);
void check_sign_options(const SignOptions& options);

} // namespace outboot::tool

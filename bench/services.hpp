// What the service table's functions take of instructions and stack, called through the real bootloader.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace outboot::bench {

struct ServiceCost {
    std::string name;
    std::string unit; // what the instructions are for: byte, or call
    double instructions = 0;
    std::uint32_t stack_bytes = 0;    // measured, below the caller's frame
    std::uint32_t promised_bytes = 0; // by format/service_table.h
    bool worked = false;              // it answered outboot_crypto_ok

    [[nodiscard]] bool good() const { return worked && stack_bytes <= promised_bytes; }
};

// Throws std::runtime_error if the bootloader of layout-services.toml isn't built.
std::vector<ServiceCost> measure_services();

} // namespace outboot::bench

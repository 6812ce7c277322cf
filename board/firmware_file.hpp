// Firmware files as segments: Intel HEX (I8HEX to I32HEX) and ELF (PT_LOAD segments at their physical addresses).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace outboot::board {

struct Segment {
    std::uint32_t address = 0;
    std::vector<std::uint8_t> bytes;
};

// Throws std::runtime_error that names file and line, or what is wrong with it.
std::vector<Segment> read_firmware(const std::filesystem::path& file);
std::vector<std::uint8_t> read_whole(const std::filesystem::path& file);

} // namespace outboot::board

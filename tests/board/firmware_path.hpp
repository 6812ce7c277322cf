// Where the build put the test programs.
#pragma once

#include <filesystem>
#include <string>

namespace outboot::board {

inline std::filesystem::path firmware(const std::string& name) {
    return std::filesystem::path(OUTBOOT_TEST_FIRMWARE) / (name + ".elf");
}

} // namespace outboot::board

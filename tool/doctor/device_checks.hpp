// Checks of what a device holds: dumps of its memories, or the production file it is made with.
#pragma once

#include <optional>

#include "core/state.hpp"
#include "layout/model.hpp"
#include "tool/doctor/finding.hpp"
#include "tool/program.hpp"

namespace outboot::tool::doctor {

// A memory's content from its first byte on. What a dump or a production file doesn't hold is 0xFF.
struct MemoryFacts {
    std::string path;
    ByteVector bytes; // as long as the memory
};

struct DeviceFacts {
    std::optional<MemoryFacts> code;
    std::optional<MemoryFacts> data;
    std::optional<MemoryFacts> external;
};

// Puts a file's content where it belongs: pieces with addresses (Intel HEX, S-record) into all memories, a raw dump
// into `memory`. A dump of a wrong length is a finding.
Findings take_memory(DeviceFacts& device, const Program& file, layouts::Memory memory, const layouts::Model& model);

// The key block, if there is a valid one.
std::optional<ByteVector> valid_key_block(const DeviceFacts& device, const layouts::Model& model);

// What the journal says; nullopt if there is no dump of it, or it is empty.
std::optional<core::State> journal_state(const DeviceFacts& device, const layouts::Model& model);

// `bootloader`: as it should be, or nullptr.
Findings check_bootloader_in(const DeviceFacts& device, const layouts::Model& model, const Program* bootloader);
Findings check_key_block(const DeviceFacts& device, const layouts::Model& model);
Findings check_journal(const DeviceFacts& device, const layouts::Model& model);
// By the bootloader's own code.
Findings check_installed_image(const DeviceFacts& device, const layouts::Model& model);
Findings check_staged_image(const DeviceFacts& device, const layouts::Model& model);

} // namespace outboot::tool::doctor

// Small ARM ELF executables for tests: sections with chosen load addresses, a symbol, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layout/model.hpp"
#include "tool/primitives.hpp"

namespace outboot::tool {

struct ElfSection {
    std::string name;
    std::uint32_t load_address = 0;
    ByteVector data;
    std::uint32_t run_address = 0; // 0: the load address
    std::uint32_t only_memory = 0; // this many bytes without content (.bss); `data` is empty
};

// With `fingerprint`, the first 8 bytes of the first section are it, and the symbol outboot_layout_fingerprint names
// them... unless `fingerprint_at` gives another offset in that section. With `needs`, the 8 bytes at 24 are two
// constants outboot_needs_..., its lower and its upper half; with `odd`, there are two more symbols of that prefix,
// that are none: a function, and an object of 8 bytes.
ByteVector build_elf(const std::vector<ElfSection>& sections,
                     const std::optional<layouts::Fingerprint>& fingerprint = {}, std::uint32_t fingerprint_at = 16,
                     std::uint32_t needs = 0, bool odd = false);

} // namespace outboot::tool

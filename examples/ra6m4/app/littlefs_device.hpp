// littlefs's block device on a region of the external chip.
#pragma once

#include <lfs.h>

#include "app/flash_region.hpp"

namespace example {

// Programs whole pages: littlefs looks at the next program unit to see whether a commit behind the last one was cut,
// and a cut page program can leave any byte of its page as it was.
inline constexpr std::uint32_t littlefs_page_bytes = 256;

// `region` and all buffers must outlive the file system.
struct LittlefsDevice {
    explicit LittlefsDevice(const outboot::FlashRegion& region);
    LittlefsDevice(const LittlefsDevice&) = delete;
    LittlefsDevice& operator=(const LittlefsDevice&) = delete;

    const outboot::FlashRegion& region;
    lfs_config config{};

  private:
    alignas(4) std::uint8_t read_buffer_[littlefs_page_bytes];
    alignas(4) std::uint8_t program_buffer_[littlefs_page_bytes];
    alignas(4) std::uint8_t lookahead_buffer_[32]; // 256 blocks at a time
};

} // namespace example

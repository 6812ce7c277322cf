// Opcodes of serial NOR chips. W25Q16JV data sheet §8.1.
#pragma once

#include <cstddef>
#include <cstdint>

namespace outboot::board {

inline constexpr std::size_t command_bytes = 4; // opcode and a 3-byte address

namespace op {
inline constexpr std::uint8_t write_status_1 = 0x01, page_program = 0x02, read = 0x03, write_disable = 0x04,
                              read_status_1 = 0x05, write_enable = 0x06, fast_read = 0x0b, write_status_3 = 0x11,
                              read_status_3 = 0x15, erase_4k = 0x20, write_status_2 = 0x31, read_status_2 = 0x35,
                              dual_read = 0x3b, volatile_write_enable = 0x50, erase_32k = 0x52, sfdp = 0x5a,
                              erase_chip_60 = 0x60, reset_enable = 0x66, quad_read = 0x6b, manufacturer_id = 0x90,
                              reset = 0x99, jedec_id = 0x9f, release = 0xab, power_down = 0xb9, dual_io_read = 0xbb,
                              erase_chip = 0xc7, erase_64k = 0xd8, quad_io_read = 0xeb, mode_reset = 0xff;
}

} // namespace outboot::board

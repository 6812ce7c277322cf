// Bits of the flash sequencer's status registers. R01UH0890 §47.4.
#pragma once

#include <cstdint>

namespace outboot::board::faci_bits {

// FSTATR.
inline constexpr std::uint32_t flweerr = 1u << 6, prgspd = 1u << 8, ersspd = 1u << 9, dbfull = 1u << 10,
                               susrdy = 1u << 11, prgerr = 1u << 12, erserr = 1u << 13, ilglerr = 1u << 14,
                               frdy = 1u << 15, secerr = 1u << 21, fesetterr = 1u << 22, ilgcomerr = 1u << 23;
// FASTAT.
inline constexpr std::uint8_t dfae = 0x08, cmdlk = 0x10, cfae = 0x80;

} // namespace outboot::board::faci_bits

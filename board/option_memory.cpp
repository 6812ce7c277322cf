#include "board/option_memory.hpp"

#include <algorithm>
#include <cstddef>

#include "format/image.hpp"

namespace outboot::board {

namespace {

// Offsets from 0x0100A100.
constexpr std::uint32_t sas = 0x34, bps = 0xc0, pbps = 0xe0, bps_sec = 0x140, pbps_sec = 0x160, bps_sel = 0x1c0;
constexpr std::uint32_t protection_words_bytes = 16; // four words, one bit per block
constexpr std::uint32_t sas_fspr_byte = sas + 1;     // FSPR is bit 15

bool bit(std::span<const std::uint8_t> bytes, std::uint32_t at, std::uint32_t block) {
    return (bytes[at + block / 8] >> (block % 8) & 1) != 0;
}

bool one_way(std::uint32_t offset) {
    const auto in = [&](std::uint32_t at) { return offset >= at && offset < at + protection_words_bytes; };
    return in(pbps) || in(pbps_sec) || offset == sas_fspr_byte;
}

} // namespace

std::uint32_t OptionMemory::word(std::uint32_t offset) const {
    return format::get32(bytes_.data() + offset);
}

void OptionMemory::load(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + offset);
}

void OptionMemory::config_set(std::uint32_t offset, std::span<const std::uint8_t> unit) {
    for (std::uint32_t i = 0; i < unit.size(); ++i) {
        std::uint8_t& byte = bytes_[offset + i];
        byte = one_way(offset + i) ? static_cast<std::uint8_t>(byte & unit[i]) : unit[i];
    }
}

OptionMemory::Protection OptionMemory::protection(std::uint32_t block) const {
    const bool secure = !bit(latched_, bps_sel, block); // 0: the secure pair governs
    if (!bit(latched_, secure ? pbps_sec : pbps, block)) return Protection::permanent;
    if (!bit(latched_, secure ? bps_sec : bps, block))
        return secure ? Protection::secure_set : Protection::non_secure_set;
    return Protection::none;
}

void OptionMemory::latch() {
    latched_ = bytes_;
}

} // namespace outboot::board

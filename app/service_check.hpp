// Whether what stands at the service table's address is one that this library can use. Pure: tested on the host.
#pragma once

#include <cstdint>
#include <span>

#include "format/service_table.h"

namespace outboot {

// On the target's terms: `words` is the table as it stands in memory, as many words as may be read there;
// `code_begin` to `code_end` is the bootloader's code according to the layout. Every pointer must be a Thumb address
// inside it.
constexpr outboot_crypto_status check_service_table(std::span<const std::uint32_t> words, std::uint32_t code_begin,
                                                    std::uint32_t code_end) {
    constexpr std::size_t entries_at = 6;
    if (words.size() < entries_at || words[0] != OUTBOOT_SERVICE_MAGIC) return outboot_crypto_no_table;
    if ((words[1] & 0xffffU) != OUTBOOT_SERVICE_VERSION) return outboot_crypto_other_version;
    const std::size_t size = words[1] >> 16;
    if (size % 4 != 0 || size < entries_at * 4 || size / 4 > words.size()) return outboot_crypto_damaged;
    if (words[3] != code_begin || words[4] != code_end) return outboot_crypto_damaged;
    std::uint32_t sum = 0;
    for (const std::uint32_t word : words.first(size / 4)) sum += word;
    if (sum != 0) return outboot_crypto_damaged;
    for (const std::uint32_t entry : words.subspan(entries_at, size / 4 - entries_at)) {
        const bool inside = entry >= code_begin && entry < code_end;
        if (entry != 0 && (!inside || (entry & 1U) == 0)) return outboot_crypto_damaged;
    }
    return outboot_crypto_ok;
}

} // namespace outboot

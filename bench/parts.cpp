#include "bench/parts.hpp"

#include <algorithm>
#include <array>

namespace outboot::bench {
namespace {

constexpr auto table = std::to_array<Part>({
    {"start-up and drivers", "start-up, clocks, hand-over",
     "ports/ra6m4/startup. ports/ra6m4/main. ports/ra6m4/clock. ports/ra6m4/board."},
    {"start-up and drivers", "watchdogs", "ports/ra6m4/watchdog."},
    {"start-up and drivers", "code and data flash", "ports/ra6m4/flash."},
    {"start-up and drivers", "QSPI and external chip", "ports/ra6m4/qspi."},
    {"start-up and drivers", "other", "ports/"},
    {"core", "the boot story", "core/boot. core/reason. core/ram_record. core/state."},
    {"core", "verification", "core/verify. core/hardened. core/digest. format/"},
    {"core", "journal", "core/journal."},
    {"core", "plans and engine", "core/plan. core/areas. core/engine. core/layout."},
    {"core", "keys", "core/keys. core/key_block. core/payload_key."},
    {"core", "the layout's values", "outboot_layout."},
    {"core", "other", "core/"},
    {"crypto", "P-256: ECDSA and ECDH", "crypto/p256 p256-m"},
    {"crypto", "ECDSA: DER and verdict", "crypto/ecdsa crypto/compact. crypto/concept."},
    {"crypto", "ECIES", "crypto/ecies."},
    {"crypto", "AES", "crypto/aes"},
    {"crypto", "SHA-256", "crypto/sha256"},
    {"crypto", "HMAC and HKDF", "crypto/hmac."},
    {"crypto", "service table's functions", "crypto/services."},
    {"crypto", "bytes", "crypto/bytes."},
    {"crypto", "other", "crypto/"},
    {"C library", "memcpy and its like", "ports/ra6m4/memory."},
    {"", "constants without a name, veneers, alignment", ""},
});

// Length of the longest fragment that the path contains; 0: none.
std::size_t match(const std::string& path, std::string_view fragments) {
    std::size_t longest = 0;
    while (!fragments.empty()) {
        const auto fragment = fragments.substr(0, fragments.find(' '));
        if (path.find(fragment) != std::string::npos) longest = std::max(longest, fragment.size());
        fragments.remove_prefix(std::min(fragment.size() + 1, fragments.size()));
    }
    return longest;
}

} // namespace

std::span<const Part> parts() {
    return table;
}

std::size_t part_of(const Firmware& firmware, std::uint32_t address) {
    const std::string& path = firmware.source_of(address);
    std::size_t best = table.size() - 1;
    std::size_t length = 0;
    for (std::size_t i = 0; i < table.size() && !path.empty(); ++i) {
        const std::size_t matched = match(path, table[i].paths);
        if (matched > length) best = i, length = matched;
    }
    return best;
}

} // namespace outboot::bench

#include "bench/parts.hpp"

#include <array>

namespace outboot::bench {
namespace {

constexpr auto table = std::to_array<Part>({
    {"start-up and drivers", "start-up, clocks, hand-over",
     "ports/ra6m4/startup. ports/ra6m4/main. ports/ra6m4/clock. ports/ra6m4/board."},
    {"start-up and drivers", "watchdogs", "ports/ra6m4/watchdog."},
    {"start-up and drivers", "code and data flash", "ports/ra6m4/flash."},
    {"start-up and drivers", "QSPI and external chip", "ports/ra6m4/qspi."},
    {"core", "the boot story", "core/boot. core/reason. core/ram_record. core/state. core/service core/begin_record."},
    {"core", "verification", "core/verify. core/hardened. core/digest. format/"},
    {"core", "journal", "core/journal."},
    {"core", "plans and engine", "core/plan. core/engine. core/layout."},
    {"core", "keys", "core/keys. core/key_block. core/payload_key."},
    {"core", "the layout's values", "outboot_layout."},
    {"crypto", "P-256: ECDSA and ECDH", "crypto/p256 p256-m"},
    {"crypto", "ECDSA: DER and verdict", "crypto/ecdsa crypto/compact. crypto/concept."},
    {"crypto", "ECIES", "crypto/ecies."},
    {"crypto", "AES-128-CTR", "crypto/aes128."},
    {"crypto", "SHA-256", "crypto/sha256."},
    {"crypto", "HMAC and HKDF", "crypto/hmac."},
    {"crypto", "bytes", "crypto/bytes."},
    {"C library", "memcpy and its like", "ports/ra6m4/memory."},
    {"", "constants without a name, veneers, alignment", ""},
});

bool matches(const std::string& path, std::string_view fragments) {
    while (!fragments.empty()) {
        const auto end = fragments.find(' ');
        if (path.find(fragments.substr(0, end)) != std::string::npos) return true;
        fragments.remove_prefix(end == std::string_view::npos ? fragments.size() : end + 1);
    }
    return false;
}

} // namespace

std::span<const Part> parts() {
    return table;
}

std::size_t part_of(const Firmware& firmware, std::uint32_t address) {
    const std::string& path = firmware.source_of(address);
    if (path.empty()) return table.size() - 1;
    for (std::size_t i = 0; i + 1 < table.size(); ++i)
        if (matches(path, table[i].paths)) return i;
    return table.size() - 1;
}

} // namespace outboot::bench

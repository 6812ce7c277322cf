#include "crypto/bytes.hpp"

namespace outboot::crypto {

void clear(void* where, std::size_t size_bytes) {
    auto* byte = static_cast<volatile std::uint8_t*>(where);
    while (size_bytes-- != 0) *byte++ = 0;
}

[[gnu::noinline]] void clear_stack_below() {
    std::uint8_t below[960];
    clear(below);
}

bool equal(Bytes a, Bytes b) {
    if (a.size() != b.size()) return false;
    std::uint32_t difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<std::uint32_t>(a[i] ^ b[i]);
    return difference == 0;
}

} // namespace outboot::crypto

#include "crypto/bytes.hpp"

namespace outboot::crypto {

void clear(void* where, std::size_t size_bytes) {
    auto* byte = static_cast<volatile std::uint8_t*>(where);
    while (size_bytes-- != 0) *byte++ = 0;
}

bool equal(const std::uint8_t* a, const std::uint8_t* b, std::size_t size_bytes) {
    std::uint32_t difference = 0;
    while (size_bytes-- != 0) difference |= static_cast<std::uint32_t>(*a++ ^ *b++);
    return difference == 0;
}

} // namespace outboot::crypto

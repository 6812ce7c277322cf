#include "tool/uuid.hpp"

#include <algorithm>
#include <charconv>

#include <openssl/evp.h>

#include "tool/openssl_handles.hpp"

namespace outboot::tool {

std::optional<Uuid> parse_uuid(const std::string& text) {
    std::string digits = text;
    if (text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-')
        digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
    if (digits.size() != 32) return std::nullopt;
    Uuid uuid{};
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        const char* at = digits.data() + 2 * i;
        const auto [end, error] = std::from_chars(at, at + 2, uuid[i], 16);
        if (error != std::errc{} || end != at + 2) return std::nullopt;
    }
    return uuid;
}

Uuid named_uuid(const Uuid& name_space, const std::string& name) {
    ByteVector input(name_space.begin(), name_space.end());
    input.insert(input.end(), name.begin(), name.end());
    std::array<std::uint8_t, 20> hash{};
    ssl::require(EVP_Digest(input.data(), input.size(), hash.data(), nullptr, EVP_sha1(), nullptr) == 1, "do SHA-1");
    Uuid uuid{};
    std::copy_n(hash.begin(), uuid.size(), uuid.begin());
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x50); // version 5
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80); // variant of RFC 4122
    return uuid;
}

} // namespace outboot::tool

#include "crypto/ecies.hpp"

#include <algorithm>
#include <array>

#include "crypto/aes128.hpp"
#include "crypto/hmac.hpp"

namespace outboot::crypto {
namespace {

// The wrapped form: ephemeral point, tag of what follows it, wrapped key.
constexpr std::size_t tag_at = p256_uncompressed_bytes;
constexpr std::size_t key_at = tag_at + Hmac::tag_bytes;
constexpr std::size_t wrapped_bytes = key_at + image_key_bytes;
static_assert(wrapped_bytes == 113);

constexpr std::uint8_t unwrap_info[] = {'M', 'C', 'U', 'B', 'o', 'o', 't', '_', 'E', 'C', 'I', 'E', 'S', '_', 'v', '1'};
constexpr std::uint8_t way_out_info[] = {'o', 'u', 't', 'b', 'o', 'o', 't', ' ', 'w',
                                         'a', 'y', ' ', 'o', 'u', 't', ' ', 'v', '1'};

} // namespace

bool unwrap(std::span<std::uint8_t, image_key_bytes> image_key,
            std::span<const std::uint8_t, p256_scalar_bytes> device_private, Bytes wrapped) {
    std::fill(image_key.begin(), image_key.end(), std::uint8_t{0});
    if (wrapped.size() != wrapped_bytes) return false;

    // Secret all along: the shared point's x, then the keys made from it (cipher key, then MAC key), then the tag.
    std::array<std::uint8_t, 32> shared;
    bool good = ecdh(shared, device_private, wrapped.first<tag_at>());
    if (good) {
        std::array<std::uint8_t, image_key_bytes + Hmac::tag_bytes> keys;
        hkdf({}, shared, unwrap_info, keys);
        std::array<std::uint8_t, Hmac::tag_bytes> tag;
        Hmac mac{std::span(keys).last<Hmac::tag_bytes>()};
        mac.update(wrapped.subspan(key_at));
        mac.finish(tag);
        good = equal(tag, wrapped.subspan(tag_at, Hmac::tag_bytes));
        if (good) {
            std::copy_n(wrapped.begin() + key_at, image_key_bytes, image_key.begin());
            AesCtr(std::span(keys).first<image_key_bytes>()).apply(0, image_key);
        }
        clear(keys);
        clear(tag);
    }
    clear(shared);
    clear_stack_below();
    return good;
}

void way_out_key(std::span<std::uint8_t, image_key_bytes> key,
                 std::span<const std::uint8_t, p256_scalar_bytes> device_private,
                 std::span<const std::uint8_t, 32> image_hash) {
    hkdf(image_hash, device_private, way_out_info, key);
    clear_stack_below();
}

} // namespace outboot::crypto

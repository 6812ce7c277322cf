#include "crypto/ecies.hpp"

#include <array>
#include <cstring>

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

// Cipher key and MAC key, in this order.
using Keys = std::array<std::uint8_t, image_key_bytes + Hmac::tag_bytes>;

// What unwrap() and way_out_key() leave on the stack below them, at most: one depth, so one routine.
constexpr std::size_t secrets_depth_bytes = 1008;

// The steps are functions of their own, and not inlined, so that their stacks lie over each other.

[[gnu::noinline]] bool derive(Keys& keys, std::span<const std::uint8_t, p256_scalar_bytes> device_private,
                              std::span<const std::uint8_t, p256_uncompressed_bytes> ephemeral) {
    std::array<std::uint8_t, 32> shared;
    const bool valid = ecdh(shared, device_private, ephemeral);
    hkdf({}, shared, unwrap_info, keys); // in any case: the answer says whether it means something
    return valid;
}

[[gnu::noinline]] bool tag_fits(const Keys& keys, const std::uint8_t* wrapped) {
    std::array<std::uint8_t, Hmac::tag_bytes> tag;
    Hmac mac({keys.data() + image_key_bytes, Hmac::tag_bytes});
    mac.update({wrapped + key_at, image_key_bytes});
    mac.finish(tag);
    return equal(tag.data(), wrapped + tag_at, tag.size());
}

[[gnu::noinline]] void decrypt(std::span<std::uint8_t, image_key_bytes> key, const Keys& keys) {
    AesCtr(std::span(keys).first<image_key_bytes>()).apply(0, key);
}

} // namespace

bool unwrap(std::span<std::uint8_t, image_key_bytes> image_key,
            std::span<const std::uint8_t, p256_scalar_bytes> device_private, Bytes wrapped) {
    std::memset(image_key.data(), 0, image_key.size());
    if (wrapped.size() != wrapped_bytes) return false;
    Keys keys;
    const bool good = derive(keys, device_private, wrapped.first<tag_at>()) && tag_fits(keys, wrapped.data());
    if (good) {
        std::memcpy(image_key.data(), wrapped.data() + key_at, image_key.size());
        decrypt(image_key, keys);
    }
    clear(keys);
    clear_stack_below<secrets_depth_bytes>();
    return good;
}

void way_out_key(std::span<std::uint8_t, image_key_bytes> key,
                 std::span<const std::uint8_t, p256_scalar_bytes> device_private,
                 std::span<const std::uint8_t, 32> image_hash) {
    hkdf(image_hash, device_private, way_out_info, key);
    clear_stack_below<secrets_depth_bytes>();
}

} // namespace outboot::crypto

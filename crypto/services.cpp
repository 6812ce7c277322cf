// The functions behind the bootloader's service table (format/service_table.h): the same code the bootloader runs on,
// with its arguments checked, in contexts of the caller. Which of them are linked into a bootloader says its layout;
// the emitted linker script makes the table of them.
//
// Who works on secrets clears what is left of them on the stack. The depths are measured (tests/services).
#include <cstring>
#include <new>
#include <type_traits>

#include "crypto/aes.hpp"
#include "crypto/hmac.hpp"
#include "crypto/p256.hpp"
#include "crypto/services.hpp"
#include "crypto/sha256.hpp"

using namespace outboot::crypto;

namespace {

static_assert(sizeof(Sha256) <= sizeof(outboot_sha256) && alignof(Sha256) <= alignof(outboot_sha256));
static_assert(std::is_trivially_copyable_v<Sha256> && std::is_trivially_destructible_v<Sha256>);
static_assert(sizeof(Aes) <= sizeof(outboot_aes) && std::is_trivially_copyable_v<Aes>);

// What lies in an outboot_hmac.
struct HmacContext {
    outboot_sha256 inner;
    std::uint8_t key[Sha256::block_bytes];
};
static_assert(sizeof(HmacContext) <= sizeof(outboot_hmac) && alignof(HmacContext) <= alignof(outboot_hmac));

constexpr std::size_t hash_depth_bytes = 512;
constexpr std::size_t aes_depth_bytes = 320;
constexpr std::size_t p256_depth_bytes = 1008; // and HKDF's: as in ecies.cpp, so that one function serves all
constexpr std::size_t sign_depth_bytes = 1280;

Sha256& object(outboot_sha256* context) {
    return *reinterpret_cast<Sha256*>(context);
}

template <class... Pointers>
bool any_null(const Pointers*... pointers) {
    return ((pointers == nullptr) || ...);
}

bool no_buffer(const void* data, std::size_t size) {
    return data == nullptr && size != 0;
}

// Also of a context that init has never seen, as far as can be told: its rounds would lead beyond it.
bool no_key(const outboot_aes* context) {
    return context == nullptr || !reinterpret_cast<const Aes*>(context)->started();
}

template <std::size_t size>
std::span<const std::uint8_t, size> in(const std::uint8_t* bytes) {
    return std::span<const std::uint8_t, size>(bytes, size);
}

template <std::size_t size>
std::span<std::uint8_t, size> out(std::uint8_t* bytes) {
    return std::span<std::uint8_t, size>(bytes, size);
}

// The key, filled up with zeros, under a mask.
void absorb_key(HmacContext& mac, unsigned mask) {
    for (std::uint8_t& byte : mac.key) byte = static_cast<std::uint8_t>(byte ^ mask);
    object(&mac.inner).update(mac.key);
    for (std::uint8_t& byte : mac.key) byte = static_cast<std::uint8_t>(byte ^ mask);
}

} // namespace

extern "C" {

int outboot_serve_sha256_init(outboot_sha256* hash) {
    if (hash == nullptr) return outboot_crypto_bad_argument;
    new (hash) Sha256;
    return outboot_crypto_ok;
}

int outboot_serve_sha256_update(outboot_sha256* hash, const std::uint8_t* data, std::size_t size) {
    if (hash == nullptr || no_buffer(data, size)) return outboot_crypto_bad_argument;
    if (size > 0xffffffff - object(hash).length_bytes()) return outboot_crypto_too_long;
    object(hash).update({data, size});
    clear_stack_below<hash_depth_bytes>(); // what is hashed may be a key: an application's HMAC
    return outboot_crypto_ok;
}

int outboot_serve_sha256_finish(outboot_sha256* hash, std::uint8_t digest[32]) {
    if (any_null(hash, digest)) return outboot_crypto_bad_argument;
    object(hash).finish(out<32>(digest));
    clear_stack_below<hash_depth_bytes>();
    return outboot_crypto_ok;
}

int outboot_serve_sha256_clone(outboot_sha256* to, const outboot_sha256* from) {
    if (any_null(to, from)) return outboot_crypto_bad_argument;
    std::memcpy(to, from, sizeof *to);
    return outboot_crypto_ok;
}

int outboot_serve_hmac_init(outboot_hmac* context, const std::uint8_t* key, std::size_t key_size) {
    if (context == nullptr || no_buffer(key, key_size)) return outboot_crypto_bad_argument;
    auto& mac = *new (context) HmacContext;
    new (&mac.inner) Sha256;
    std::memset(mac.key, 0, sizeof mac.key);
    if (key_size > sizeof mac.key) {
        object(&mac.inner).update({key, key_size});
        object(&mac.inner).finish(out<32>(mac.key));
    } else {
        std::memcpy(mac.key, key, key_size);
    }
    absorb_key(mac, 0x36);
    clear_stack_below<hash_depth_bytes>();
    return outboot_crypto_ok;
}

int outboot_serve_hmac_update(outboot_hmac* context, const std::uint8_t* data, std::size_t size) {
    if (context == nullptr) return outboot_crypto_bad_argument;
    return outboot_serve_sha256_update(&reinterpret_cast<HmacContext*>(context)->inner, data, size);
}

int outboot_serve_hmac_finish(outboot_hmac* context, std::uint8_t tag[32]) {
    if (any_null(context, tag)) return outboot_crypto_bad_argument;
    auto& mac = *reinterpret_cast<HmacContext*>(context);
    Sha256& hash = object(&mac.inner);
    hash.finish(out<32>(tag));
    absorb_key(mac, 0x5c);
    hash.update({tag, 32});
    hash.finish(out<32>(tag));
    clear(*context);
    clear_stack_below<hash_depth_bytes>();
    return outboot_crypto_ok;
}

int outboot_serve_hkdf(const std::uint8_t* salt, std::size_t salt_size, const std::uint8_t* key, std::size_t key_size,
                       const std::uint8_t* info, std::size_t info_size, std::uint8_t* to, std::size_t size) {
    if (no_buffer(salt, salt_size) || no_buffer(key, key_size) || no_buffer(info, info_size) || no_buffer(to, size)) {
        return outboot_crypto_bad_argument;
    }
    if (size > std::size_t{255} * 32) return outboot_crypto_too_long;
    hkdf({salt, salt_size}, {key, key_size}, {info, info_size}, {to, size});
    clear_stack_below<p256_depth_bytes>();
    return outboot_crypto_ok;
}

int outboot_serve_aes_init(outboot_aes* aes, const std::uint8_t* key, std::size_t key_size) {
    if (any_null(aes, key) || (key_size != 16 && key_size != 32)) return outboot_crypto_bad_argument;
    (new (aes) Aes)->start(key, key_size);
    clear_stack_below<aes_depth_bytes>();
    return outboot_crypto_ok;
}

int outboot_serve_aes_encrypt(const outboot_aes* aes, const std::uint8_t* from, std::uint8_t* to, std::size_t blocks) {
    if (no_key(aes) || no_buffer(from, blocks) || no_buffer(to, blocks)) return outboot_crypto_bad_argument;
    reinterpret_cast<const Aes*>(aes)->encrypt(from, to, blocks);
    clear_stack_below<aes_depth_bytes>();
    return outboot_crypto_ok;
}

int outboot_serve_aes_ctr(const outboot_aes* aes, std::uint8_t counter[16], const std::uint8_t* from, std::uint8_t* to,
                          std::size_t blocks) {
    if (no_key(aes) || counter == nullptr || no_buffer(from, blocks) || no_buffer(to, blocks))
        return outboot_crypto_bad_argument;
    reinterpret_cast<const Aes*>(aes)->ctr(counter, from, to, blocks);
    clear_stack_below<aes_depth_bytes>();
    return outboot_crypto_ok;
}

int outboot_serve_aes_decrypt(const outboot_aes* aes, const std::uint8_t* from, std::uint8_t* to, std::size_t blocks) {
    if (no_key(aes) || no_buffer(from, blocks) || no_buffer(to, blocks)) return outboot_crypto_bad_argument;
    reinterpret_cast<const Aes*>(aes)->decrypt(from, to, blocks);
    clear_stack_below<aes_depth_bytes>();
    return outboot_crypto_ok;
}

int outboot_serve_ecdsa_verify(const std::uint8_t point[64], const std::uint8_t hash[32],
                               const std::uint8_t signature[64]) {
    if (any_null(point, hash, signature)) return outboot_crypto_bad_argument;
    outboot::core::Verdict verdict;
    ecdsa_verify(verdict, in<64>(point), in<32>(hash), in<64>(signature));
    return verdict.good() ? outboot_crypto_ok : outboot_crypto_bad_signature;
}

int outboot_serve_ecdh(std::uint8_t secret[32], const std::uint8_t private_key[32], const std::uint8_t peer[64]) {
    if (any_null(secret, private_key, peer)) return outboot_crypto_bad_argument;
    std::uint8_t uncompressed[p256_uncompressed_bytes] = {0x04};
    std::memcpy(uncompressed + 1, peer, p256_point_bytes);
    const bool good = ecdh(out<32>(secret), in<32>(private_key), uncompressed);
    clear_stack_below<p256_depth_bytes>();
    return good ? outboot_crypto_ok : outboot_crypto_bad_key;
}

int outboot_serve_check_point(const std::uint8_t point[64]) {
    if (point == nullptr) return outboot_crypto_bad_argument;
    return on_curve(in<64>(point)) ? outboot_crypto_ok : outboot_crypto_bad_key;
}

int outboot_serve_public_key(std::uint8_t point[64], const std::uint8_t private_key[32]) {
    if (any_null(point, private_key)) return outboot_crypto_bad_argument;
    const bool good = p256_public_key(out<64>(point), in<32>(private_key));
    clear_stack_below<p256_depth_bytes>();
    return good ? outboot_crypto_ok : outboot_crypto_bad_key;
}

int outboot_serve_keygen(std::uint8_t private_key[32], std::uint8_t point[64], outboot_random random,
                         void* random_context) {
    if (any_null(private_key, point) || random == nullptr) return outboot_crypto_bad_argument;
    for (int left = 8; left != 0; --left) {
        if (random(random_context, private_key, 32) != 0) break;
        if (outboot_serve_public_key(point, private_key) == outboot_crypto_ok) return outboot_crypto_ok;
    }
    clear(private_key, 32);
    return outboot_crypto_random_failed;
}

int outboot_serve_ecdsa_sign(std::uint8_t signature[64], const std::uint8_t private_key[32],
                             const std::uint8_t hash[32], outboot_random random, void* random_context) {
    if (any_null(signature, private_key, hash) || random == nullptr) return outboot_crypto_bad_argument;
    const Signing result = ecdsa_sign(out<64>(signature), in<32>(private_key), in<32>(hash), {random, random_context});
    clear_stack_below<sign_depth_bytes>();
    if (result == Signing::done) return outboot_crypto_ok;
    return result == Signing::bad_key ? outboot_crypto_bad_key : outboot_crypto_random_failed;
}

} // extern "C"

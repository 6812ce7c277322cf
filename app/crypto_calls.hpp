// What app/outboot_crypto.h declares: looks for the table once, then jumps through it. Included by app/crypto.cpp and
// app/crypto_fallback.cpp, which say before whether the library's own code takes the place of a missing service.
//
// A function that goes through the table and nowhere else refers to a constant outboot_needs_...: a relocation that
// relocates nothing, which keeps the constant in the ELF just if the function is kept, and costs no instruction.
#pragma once

#include <atomic>

#include "app/outboot_crypto.h"
#include "app/service_check.hpp"
#include "crypto/services.hpp"
#include "outboot_layout.hpp"

#define OUTBOOT_NEED(name)                                                                                             \
    extern "C" {                                                                                                       \
    extern const std::uint32_t outboot_needs_##name;                                                                   \
    [[gnu::used]] const std::uint32_t outboot_needs_##name = 1U << outboot_service_##name;                             \
    }

OUTBOOT_NEED(sha256)
OUTBOOT_NEED(hmac)
OUTBOOT_NEED(hkdf)
OUTBOOT_NEED(aes)
OUTBOOT_NEED(aes_decrypt)
OUTBOOT_NEED(ecdsa_verify)
OUTBOOT_NEED(ecdh)
OUTBOOT_NEED(ecdsa_sign)
OUTBOOT_NEED(keygen)

#undef OUTBOOT_NEED

namespace outboot {
namespace {

// 0: nobody has looked yet; else the complement of what was found, which is never 0. Threads that come at the same time
// find the same.
std::atomic<int> looked;

constexpr bool layout_has_table = layout.service_table_address != 0;

const std::uint32_t* table_words() {
    return reinterpret_cast<const std::uint32_t*>(std::uintptr_t{layout.service_table_address});
}

int look() {
    if constexpr (!layout_has_table) return outboot_crypto_no_table;
    return check_service_table({table_words(), (layout.keys_address - layout.service_table_address) / 4},
                               layout.code_flash_address, layout.service_table_address);
}

// The function at this offset of the table, null if it isn't there. A table of an older bootloader may end before it.
[[gnu::noinline]] std::uint32_t address_at(std::size_t offset) {
    if constexpr (!layout_has_table) return 0;
    if (outboot_crypto_open() != outboot_crypto_ok) return 0;
    const std::uint32_t* const words = table_words();
    return offset < words[1] >> 16 ? words[offset / 4] : 0;
}

// The services that work on one context: with a fallback they come from one place, since the library's own contexts may
// look different from those of a bootloader made years before or after.
constexpr std::uint32_t of_one_context(outboot_service service) {
    constexpr std::uint32_t aes = 1U << outboot_service_aes | 1U << outboot_service_aes_decrypt;
    return (aes >> service & 1U) != 0 ? aes : 1U << service;
}

template <outboot_service service, auto own>
auto function_at(std::size_t offset) {
    if constexpr (with_fallback) {
        if ((outboot_crypto_services() & of_one_context(service)) != of_one_context(service)) return own;
    }
    auto function = reinterpret_cast<decltype(own)>(std::uintptr_t{address_at(offset)});
    if constexpr (with_fallback) {
        if (function == nullptr) function = own;
    }
    return function;
}

// Why there is no function.
[[gnu::noinline]] int refusal() {
    const int found = outboot_crypto_open();
    return found != outboot_crypto_ok ? found : outboot_crypto_no_service;
}

} // namespace
} // namespace outboot

#define OUTBOOT_CALL(service, name, ...)                                                                               \
    do {                                                                                                               \
        if constexpr (!outboot::with_fallback) asm volatile(".reloc ., BFD_RELOC_NONE, outboot_needs_" #service);      \
        const auto function = outboot::function_at<outboot_service_##service, outboot_serve_##name>(                   \
            offsetof(outboot_service_table, name));                                                                    \
        return function != nullptr ? function(__VA_ARGS__) : outboot::refusal();                                       \
    } while (false)

extern "C" {

int outboot_crypto_open() {
    int found = outboot::looked.load(std::memory_order_relaxed);
    if (found == 0) outboot::looked.store(found = ~outboot::look(), std::memory_order_relaxed);
    return ~found;
}

std::uint32_t outboot_crypto_services() {
    if constexpr (!outboot::layout_has_table) return 0;
    return outboot_crypto_open() == outboot_crypto_ok ? outboot::table_words()[2] : 0;
}

int outboot_sha256_init(outboot_sha256* hash) {
    OUTBOOT_CALL(sha256, sha256_init, hash);
}

int outboot_sha256_update(outboot_sha256* hash, const std::uint8_t* data, std::size_t size) {
    OUTBOOT_CALL(sha256, sha256_update, hash, data, size);
}

int outboot_sha256_finish(outboot_sha256* hash, std::uint8_t digest[32]) {
    OUTBOOT_CALL(sha256, sha256_finish, hash, digest);
}

int outboot_sha256_clone(outboot_sha256* to, const outboot_sha256* from) {
    OUTBOOT_CALL(sha256, sha256_clone, to, from);
}

int outboot_hmac_init(outboot_hmac* mac, const std::uint8_t* key, std::size_t key_size) {
    OUTBOOT_CALL(hmac, hmac_init, mac, key, key_size);
}

int outboot_hmac_update(outboot_hmac* mac, const std::uint8_t* data, std::size_t size) {
    OUTBOOT_CALL(hmac, hmac_update, mac, data, size);
}

int outboot_hmac_finish(outboot_hmac* mac, std::uint8_t tag[32]) {
    OUTBOOT_CALL(hmac, hmac_finish, mac, tag);
}

int outboot_hkdf(const std::uint8_t* salt, std::size_t salt_size, const std::uint8_t* key, std::size_t key_size,
                 const std::uint8_t* info, std::size_t info_size, std::uint8_t* out, std::size_t out_size) {
    OUTBOOT_CALL(hkdf, hkdf, salt, salt_size, key, key_size, info, info_size, out, out_size);
}

int outboot_aes_init(outboot_aes* aes, const std::uint8_t* key, std::size_t key_size) {
    OUTBOOT_CALL(aes, aes_init, aes, key, key_size);
}

int outboot_aes_encrypt(const outboot_aes* aes, const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) {
    OUTBOOT_CALL(aes, aes_encrypt, aes, in, out, blocks);
}

int outboot_aes_ctr(const outboot_aes* aes, std::uint8_t counter[16], const std::uint8_t* in, std::uint8_t* out,
                    std::size_t blocks) {
    OUTBOOT_CALL(aes, aes_ctr, aes, counter, in, out, blocks);
}

int outboot_aes_decrypt(const outboot_aes* aes, const std::uint8_t* in, std::uint8_t* out, std::size_t blocks) {
    OUTBOOT_CALL(aes_decrypt, aes_decrypt, aes, in, out, blocks);
}

int outboot_ecdsa_verify(const std::uint8_t point[64], const std::uint8_t hash[32], const std::uint8_t signature[64]) {
    OUTBOOT_CALL(ecdsa_verify, ecdsa_verify, point, hash, signature);
}

int outboot_ecdh(std::uint8_t secret[32], const std::uint8_t private_key[32], const std::uint8_t peer_point[64]) {
    OUTBOOT_CALL(ecdh, ecdh, secret, private_key, peer_point);
}

int outboot_check_point(const std::uint8_t point[64]) {
    OUTBOOT_CALL(ecdh, check_point, point);
}

int outboot_ecdsa_sign(std::uint8_t signature[64], const std::uint8_t private_key[32], const std::uint8_t hash[32],
                       outboot_random random, void* random_context) {
    OUTBOOT_CALL(ecdsa_sign, ecdsa_sign, signature, private_key, hash, random, random_context);
}

int outboot_keygen(std::uint8_t private_key[32], std::uint8_t point[64], outboot_random random, void* random_context) {
    OUTBOOT_CALL(keygen, keygen, private_key, point, random, random_context);
}

int outboot_public_key(std::uint8_t point[64], const std::uint8_t private_key[32]) {
    OUTBOOT_CALL(keygen, public_key, point, private_key);
}

} // extern "C"

#undef OUTBOOT_CALL

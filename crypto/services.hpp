// The functions behind the service table (crypto/services.cpp), of the types that format/service_table.h has for them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "format/service_table.h"

extern "C" {
int outboot_serve_sha256_init(outboot_sha256* hash);
int outboot_serve_sha256_update(outboot_sha256* hash, const std::uint8_t* data, std::size_t size);
int outboot_serve_sha256_finish(outboot_sha256* hash, std::uint8_t digest[32]);
int outboot_serve_sha256_clone(outboot_sha256* to, const outboot_sha256* from);
int outboot_serve_hmac_init(outboot_hmac* context, const std::uint8_t* key, std::size_t key_size);
int outboot_serve_hmac_update(outboot_hmac* context, const std::uint8_t* data, std::size_t size);
int outboot_serve_hmac_finish(outboot_hmac* context, std::uint8_t tag[32]);
int outboot_serve_hkdf(const std::uint8_t* salt, std::size_t salt_size, const std::uint8_t* key, std::size_t key_size,
                       const std::uint8_t* info, std::size_t info_size, std::uint8_t* to, std::size_t size);
int outboot_serve_aes_init(outboot_aes* aes, const std::uint8_t* key, std::size_t key_size);
int outboot_serve_aes_encrypt(const outboot_aes* aes, const std::uint8_t* from, std::uint8_t* to, std::size_t blocks);
int outboot_serve_aes_ctr(const outboot_aes* aes, std::uint8_t counter[16], const std::uint8_t* from, std::uint8_t* to,
                          std::size_t blocks);
int outboot_serve_aes_decrypt(const outboot_aes* aes, const std::uint8_t* from, std::uint8_t* to, std::size_t blocks);
int outboot_serve_ecdsa_verify(const std::uint8_t point[64], const std::uint8_t hash[32],
                               const std::uint8_t signature[64]);
int outboot_serve_ecdh(std::uint8_t secret[32], const std::uint8_t private_key[32], const std::uint8_t peer[64]);
int outboot_serve_check_point(const std::uint8_t point[64]);
int outboot_serve_ecdsa_sign(std::uint8_t signature[64], const std::uint8_t private_key[32],
                             const std::uint8_t hash[32], outboot_random random, void* random_context);
int outboot_serve_keygen(std::uint8_t private_key[32], std::uint8_t point[64], outboot_random random,
                         void* random_context);
int outboot_serve_public_key(std::uint8_t point[64], const std::uint8_t private_key[32]);
}

/* The bootloader's cryptography, called by an application. Link outboot::crypto_client (app/crypto.cpp), or
   outboot::crypto_client_fallback (app/crypto_fallback.cpp with crypto/services.cpp and the fast cryptography), whose own
   code is used where the bootloader has no table, another or a damaged one, or one without the service; outboot_crypto_open
   says which.

   The first call looks for the table and checks it: magic, version, size, sum, and that every function in it lies in
   the bootloader. What was found stays, and nothing is called of a table that isn't right. Every function answers one
   of outboot_crypto_status (format/service_table.h), which also has the contexts, the sizes and the stack that is
   needed:

     outboot_crypto_no_table       the bootloader has no table (an older one, or one whose layout has no services)
     outboot_crypto_other_version  a table whose version this library doesn't know
     outboot_crypto_damaged        a table whose sum is wrong, or with a pointer that leaves the bootloader
     outboot_crypto_no_service     a good table without this service, or an older one that ends before it
     anything else                 the function's own answer

   Which services an application needs is left in its ELF, one symbol outboot_needs_... for each service whose functions
   it calls. `outboot sign` writes them into the image, and the bootloader refuses an image that it can't serve, so on a
   device none of the four happens but by damage. With the fallback nothing is needed, and nothing left; what it clears
   of its stack is measured for this project's compiler flags, not for the application's.

   May be called by any number of threads and exception handlers, as long as each has contexts of its own. */
#ifndef OUTBOOT_APP_OUTBOOT_CRYPTO_H
#define OUTBOOT_APP_OUTBOOT_CRYPTO_H

#include "format/service_table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Looks for the table, if that hasn't happened yet: outboot_crypto_ok, or what is wrong with it. */
int outboot_crypto_open(void);

/* The set of services in the table, bit n for service n; 0 if it can't be used. */
uint32_t outboot_crypto_services(void);

/* As in outboot_service_table. */

int outboot_sha256_init(outboot_sha256* hash);
int outboot_sha256_update(outboot_sha256* hash, const uint8_t* data, size_t size);
int outboot_sha256_finish(outboot_sha256* hash, uint8_t digest[32]);
int outboot_sha256_clone(outboot_sha256* to, const outboot_sha256* from);

int outboot_hmac_init(outboot_hmac* mac, const uint8_t* key, size_t key_size);
int outboot_hmac_update(outboot_hmac* mac, const uint8_t* data, size_t size);
int outboot_hmac_finish(outboot_hmac* mac, uint8_t tag[32]);

int outboot_hkdf(const uint8_t* salt, size_t salt_size, const uint8_t* key, size_t key_size, const uint8_t* info,
                 size_t info_size, uint8_t* out, size_t out_size);

int outboot_aes_init(outboot_aes* aes, const uint8_t* key, size_t key_size);
int outboot_aes_encrypt(const outboot_aes* aes, const uint8_t* in, uint8_t* out, size_t blocks);
int outboot_aes_ctr(const outboot_aes* aes, uint8_t counter[16], const uint8_t* in, uint8_t* out, size_t blocks);
int outboot_aes_decrypt(const outboot_aes* aes, const uint8_t* in, uint8_t* out, size_t blocks);

int outboot_ecdsa_verify(const uint8_t point[64], const uint8_t hash[32], const uint8_t signature[64]);

int outboot_ecdh(uint8_t secret[32], const uint8_t private_key[32], const uint8_t peer_point[64]);
int outboot_check_point(const uint8_t point[64]);

int outboot_ecdsa_sign(uint8_t signature[64], const uint8_t private_key[32], const uint8_t hash[32],
                       outboot_random random, void* random_context);

int outboot_keygen(uint8_t private_key[32], uint8_t point[64], outboot_random random, void* random_context);
int outboot_public_key(uint8_t point[64], const uint8_t private_key[32]);

#ifdef __cplusplus
}
#endif

#endif

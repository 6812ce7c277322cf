/* The bootloader's service table: how an application finds and calls the bootloader's cryptography (FORMAT.md, "Service
   table"). Plain C, for bootloader, application and host alike.

   Rules that keep older applications working: entries, service numbers and context sizes never change; new services get
   new numbers, and their entries are appended. What can't be had under these rules is a new table with a new magic.

   The functions keep no state of their own and use no memory but their arguments and the caller's stack, so they may be
   called from any number of threads and exception handlers. They never touch the device's keys. */
#ifndef OUTBOOT_FORMAT_SERVICE_TABLE_H
#define OUTBOOT_FORMAT_SERVICE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define OUTBOOT_SERVICE_MAGIC 0x5453424FU /* bytes OBST */
#define OUTBOOT_SERVICE_VERSION 1U

/* Numbers of the services: bit positions in a table's and in an image's set of services. */
enum outboot_service {
    outboot_service_sha256 = 0,
    outboot_service_hmac = 1,
    outboot_service_hkdf = 2,
    outboot_service_aes = 3,         /* AES-128 and AES-256: encryption and counter mode */
    outboot_service_aes_decrypt = 4, /* and decryption; needs outboot_service_aes */
    outboot_service_ecdsa_verify = 5,
    outboot_service_ecdh = 6, /* and the check of a point */
    outboot_service_ecdsa_sign = 7,
    outboot_service_keygen = 8, /* and public keys from private ones */
    outboot_service_count = 9
};

/* Bytes of stack that a call needs, below the caller's frame; as bench/crypto --services measures them, with some room. A
   random source comes on top of it. */
#define OUTBOOT_STACK_SHA256 640U /* and HMAC */
#define OUTBOOT_STACK_HKDF 1216U
#define OUTBOOT_STACK_AES 512U
#define OUTBOOT_STACK_ECDSA_VERIFY 1280U
#define OUTBOOT_STACK_ECDH 1280U
#define OUTBOOT_STACK_ECDSA_SIGN 1536U
#define OUTBOOT_STACK_KEYGEN 1536U

/* What every function answers. */
enum outboot_crypto_status {
    outboot_crypto_ok = 0,
    outboot_crypto_bad_argument = -1, /* a null pointer or a size that can't be */
    outboot_crypto_bad_key = -2,      /* a point off the curve, or a scalar that isn't in [1, n-1] */
    outboot_crypto_bad_signature = -3,
    outboot_crypto_random_failed = -4, /* the random source, or what it gives can't be random */
    outboot_crypto_too_long = -5,      /* messages: 2^32 - 1 bytes; HKDF: 8,160 bytes */
    /* From the client library: */
    outboot_crypto_no_table = -10,      /* no table at its address */
    outboot_crypto_other_version = -11, /* a table of an ABI this library doesn't know */
    outboot_crypto_damaged = -12,       /* its sum is wrong, or an entry leaves the bootloader */
    outboot_crypto_no_service = -13     /* the table doesn't have what was called */
};

/* Contexts belong to the caller, may be copied while nothing runs on them, and are cleared by finish. */
typedef struct {
    uint32_t words[26]; /* the first eight are the chaining value */
} outboot_sha256;

typedef struct {
    uint32_t words[42];
} outboot_hmac;

typedef struct {
    uint32_t words[121];
} outboot_aes; /* holds the key: clear it when done */

/* Fills `bytes` with random bytes; 0 if it could. */
typedef int (*outboot_random)(void* context, uint8_t* bytes, size_t size);

/* Points are X || Y, signatures r || s; numbers are 32 bytes, big-endian. */
struct outboot_service_table {
    uint32_t magic;
    uint16_t version;
    uint16_t size;       /* bytes of the table, a multiple of 4 */
    uint32_t services;   /* bit n: service n is here */
    uint32_t code_begin; /* all entries lie in [code_begin, code_end) */
    uint32_t code_end;
    uint32_t sum; /* so that all words of the table add up to 0 */

    /* Null where the service isn't here. */
    int (*sha256_init)(outboot_sha256* hash);
    int (*sha256_update)(outboot_sha256* hash, const uint8_t* data, size_t size);
    int (*sha256_finish)(outboot_sha256* hash, uint8_t digest[32]);
    int (*sha256_clone)(outboot_sha256* to, const outboot_sha256* from);

    int (*hmac_init)(outboot_hmac* mac, const uint8_t* key, size_t key_size);
    int (*hmac_update)(outboot_hmac* mac, const uint8_t* data, size_t size);
    int (*hmac_finish)(outboot_hmac* mac, uint8_t tag[32]);

    int (*hkdf)(const uint8_t* salt, size_t salt_size, const uint8_t* key, size_t key_size, const uint8_t* info,
                size_t info_size, uint8_t* out, size_t out_size);

    int (*aes_init)(outboot_aes* aes, const uint8_t* key, size_t key_size); /* 16 or 32 bytes */
    /* Whole blocks of 16 bytes; `in` may be `out`. Two blocks take hardly longer than one. outboot_crypto_bad_argument for a
       context that has no key. */
    int (*aes_encrypt)(const outboot_aes* aes, const uint8_t* in, uint8_t* out, size_t blocks);
    /* XORs the keystream; `counter`, 128 bits big-endian, goes up by one a block. */
    int (*aes_ctr)(const outboot_aes* aes, uint8_t counter[16], const uint8_t* in, uint8_t* out, size_t blocks);
    int (*aes_decrypt)(const outboot_aes* aes, const uint8_t* in, uint8_t* out, size_t blocks);

    int (*ecdsa_verify)(const uint8_t point[64], const uint8_t hash[32], const uint8_t signature[64]);

    int (*ecdh)(uint8_t secret[32], const uint8_t private_key[32], const uint8_t peer_point[64]);
    int (*check_point)(const uint8_t point[64]);

    int (*ecdsa_sign)(uint8_t signature[64], const uint8_t private_key[32], const uint8_t hash[32],
                      outboot_random random, void* random_context);

    int (*keygen)(uint8_t private_key[32], uint8_t point[64], outboot_random random, void* random_context);
    int (*public_key)(uint8_t point[64], const uint8_t private_key[32]);
};

#ifdef __cplusplus
}
#endif

#endif

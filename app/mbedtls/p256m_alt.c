/* p256-m's functions by the bootloader: what Mbed TLS's PSA driver for P-256 calls (MBEDTLS_PSA_P256M_DRIVER_ENABLED). To
   be linked in place of 3rdparty/p256-m/p256-m/p256-m.c, or in front of a library that has it. Where the layout lacks one of
   the four services, the driver gets p256-m itself. */
#include "common.h"

#include "outboot_layout.h"

/* Asked for by outboot::mbedtls_shared (-Wl,-u,outboot_p256m_alt; other builds do the same), so that a linker which goes
   through libraries one by one takes this file, and not the one of p256-m that comes later. */
extern const char outboot_p256m_alt;
const char outboot_p256m_alt = 0;

#if defined(MBEDTLS_PSA_P256M_DRIVER_ENABLED)

#define P256_SERVICES 0x1e0U /* ecdsa-verify, ecdh, ecdsa-sign, keygen (format/service_table.h) */
#if (OUTBOOT_SERVICES & P256_SERVICES) != P256_SERVICES
#include "p256-m/p256-m.c"
#else

#include <string.h>

#include "app/outboot_crypto.h"
#include "mbedtls/platform_util.h"
#include "p256-m/p256-m.h"
#include "psa/crypto.h"

static int p256_status(int status) {
    switch (status) {
    case outboot_crypto_ok:
        return P256_SUCCESS;
    case outboot_crypto_bad_key:
        return P256_INVALID_PUBKEY; /* the driver has one error for either key */
    case outboot_crypto_bad_signature:
        return P256_INVALID_SIGNATURE;
    default:
        return P256_RANDOM_FAILED; /* PSA_ERROR_GENERIC_ERROR */
    }
}

static int draw(void* context, uint8_t* bytes, size_t size) {
    (void) context;
    return psa_generate_random(bytes, size) == PSA_SUCCESS ? 0 : -1;
}

/* The leftmost 32 bytes of a longer hash; a shorter one is a smaller number. */
static void take_hash(uint8_t bytes[32], const uint8_t* hash, size_t size) {
    const size_t used = size < 32 ? size : 32;
    memset(bytes, 0, 32);
    if (used != 0) memcpy(bytes + 32 - used, hash, used);
}

int p256_gen_keypair(uint8_t priv[32], uint8_t pub[64]) {
    return p256_status(outboot_keygen(priv, pub, draw, NULL));
}

int p256_ecdh_shared_secret(uint8_t secret[32], const uint8_t priv[32], const uint8_t pub[64]) {
    return p256_status(outboot_ecdh(secret, priv, pub));
}

int p256_ecdsa_sign(uint8_t sig[64], const uint8_t priv[32], const uint8_t* hash, size_t hlen) {
    uint8_t digest[32];
    take_hash(digest, hash, hlen);
    return p256_status(outboot_ecdsa_sign(sig, priv, digest, draw, NULL));
}

int p256_ecdsa_verify(const uint8_t sig[64], const uint8_t pub[64], const uint8_t* hash, size_t hlen) {
    uint8_t digest[32];
    take_hash(digest, hash, hlen);
    return p256_status(outboot_ecdsa_verify(pub, digest, sig));
}

int p256_validate_pubkey(const uint8_t pub[64]) {
    return p256_status(outboot_check_point(pub));
}

/* In [1, n-1], without a branch on the key. */
int p256_validate_privkey(const uint8_t priv[32]) {
    static const uint8_t n[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                  0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
    uint32_t borrow = 0, any = 0;
    for (size_t i = 32; i-- > 0;) {
        borrow = ((uint32_t) priv[i] - n[i] - borrow) >> 31;
        any |= priv[i];
    }
    return borrow != 0 && any != 0 ? P256_SUCCESS : P256_INVALID_PRIVKEY;
}

int p256_public_from_private(uint8_t pub[64], const uint8_t priv[32]) {
    return p256_status(outboot_public_key(pub, priv));
}

#endif
#endif

/* Mbed TLS's AES contexts, for MBEDTLS_AES_ALT. The members have the names of Mbed TLS's own, because aes_alt.c takes the
   modes from its aes.c; `buf` holds an outboot_aes. */
#ifndef OUTBOOT_AES_ALT_H
#define OUTBOOT_AES_ALT_H

#include "app/outboot_crypto.h"

typedef struct mbedtls_aes_context {
    int nr;           /* rounds; 0: no key */
    size_t rk_offset; /* 0 */
    uint32_t buf[sizeof(outboot_aes) / 4];
} mbedtls_aes_context;

#if defined(MBEDTLS_CIPHER_MODE_XTS)
typedef struct mbedtls_aes_xts_context {
    mbedtls_aes_context crypt;
    mbedtls_aes_context tweak;
} mbedtls_aes_xts_context;
#endif

#endif

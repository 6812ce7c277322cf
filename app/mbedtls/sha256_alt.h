/* Mbed TLS's SHA-256 context, for MBEDTLS_SHA256_ALT. */
#ifndef OUTBOOT_SHA256_ALT_H
#define OUTBOOT_SHA256_ALT_H

#include "app/outboot_crypto.h"

typedef struct mbedtls_sha256_context {
    outboot_sha256 hash;
    int is224;
} mbedtls_sha256_context;

#endif

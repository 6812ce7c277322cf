/* Mbed TLS's SHA-256 and SHA-224 on the bootloader's (MBEDTLS_SHA256_ALT). Messages may have 2^32 - 1 bytes. */
#include "common.h"

#if defined(MBEDTLS_SHA256_ALT) && (defined(MBEDTLS_SHA256_C) || defined(MBEDTLS_SHA224_C))

#include <string.h>

#include "mbedtls/platform_util.h"
#include "mbedtls/sha256.h"
#include "outboot_mbedtls_status.h"

static int status_of(int status) {
    return status == outboot_crypto_bad_argument || status == outboot_crypto_too_long
               ? MBEDTLS_ERR_SHA256_BAD_INPUT_DATA
               : outboot_mbedtls_status(status);
}

void mbedtls_sha256_init(mbedtls_sha256_context* ctx) {
    memset(ctx, 0, sizeof *ctx);
}

void mbedtls_sha256_free(mbedtls_sha256_context* ctx) {
    if (ctx != NULL) mbedtls_platform_zeroize(ctx, sizeof *ctx);
}

/* Also of a context that hasn't been started: a copy of everything. */
void mbedtls_sha256_clone(mbedtls_sha256_context* dst, const mbedtls_sha256_context* src) {
    *dst = *src;
}

int mbedtls_sha256_starts(mbedtls_sha256_context* ctx, int is224) {
    /* FIPS 180-4, 5.3.2. SHA-224 is SHA-256 from another beginning, cut short. */
    static const uint32_t sha224_begins[8] = {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939,
                                              0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4};
#if !defined(MBEDTLS_SHA224_C)
    if (is224 != 0) return MBEDTLS_ERR_SHA256_BAD_INPUT_DATA;
#elif !defined(MBEDTLS_SHA256_C)
    if (is224 == 0) return MBEDTLS_ERR_SHA256_BAD_INPUT_DATA;
#endif
    if (is224 != 0 && is224 != 1) return MBEDTLS_ERR_SHA256_BAD_INPUT_DATA;
    ctx->is224 = is224;
    const int status = outboot_sha256_init(&ctx->hash);
    if (status == outboot_crypto_ok && is224 != 0) memcpy(ctx->hash.words, sha224_begins, sizeof sha224_begins);
    return status_of(status);
}

int mbedtls_sha256_update(mbedtls_sha256_context* ctx, const unsigned char* input, size_t ilen) {
    return ilen == 0 ? 0 : status_of(outboot_sha256_update(&ctx->hash, input, ilen));
}

int mbedtls_sha256_finish(mbedtls_sha256_context* ctx, unsigned char* output) {
    unsigned char digest[32];
    const int status = outboot_sha256_finish(&ctx->hash, digest);
    if (status == outboot_crypto_ok) memcpy(output, digest, ctx->is224 != 0 ? 28 : 32);
    mbedtls_platform_zeroize(digest, sizeof digest);
    mbedtls_sha256_free(ctx);
    return status_of(status);
}

/* For whole blocks only, as there. */
int mbedtls_internal_sha256_process(mbedtls_sha256_context* ctx, const unsigned char data[64]) {
    return status_of(outboot_sha256_update(&ctx->hash, data, 64));
}

#else
typedef int outboot_sha256_is_not_shared; /* a translation unit may not be empty */
#endif

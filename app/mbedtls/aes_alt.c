/* Mbed TLS's AES on the bootloader's (MBEDTLS_AES_ALT). Keys of 128 and 256 bits; 192 are refused as Mbed TLS wants it of
   hardware that lacks them. Counter mode goes through the service's own; all other modes are those of Mbed TLS's aes.c,
   which is included here without its ciphers. */
#include "common.h"

#if defined(MBEDTLS_AES_C) && defined(MBEDTLS_AES_ALT)

#include <string.h>

#include "mbedtls/aes.h"
#include "mbedtls/platform_util.h"
#include "outboot_mbedtls_status.h"

#if defined(MBEDTLS_CIPHER_MODE_CTR)
#define OUTBOOT_MBEDTLS_CTR
#endif
#undef MBEDTLS_AES_ALT
#undef MBEDTLS_CIPHER_MODE_CTR
#undef MBEDTLS_SELF_TEST /* stays where it is */
#define MBEDTLS_AES_SETKEY_ENC_ALT
#define MBEDTLS_AES_SETKEY_DEC_ALT
#define MBEDTLS_AES_ENCRYPT_ALT
#define MBEDTLS_AES_DECRYPT_ALT
#include "aes.c"

enum { block_bytes = 16 };

static const outboot_aes* service_context(const mbedtls_aes_context* ctx) {
    return (const outboot_aes*) ctx->buf;
}

int mbedtls_aes_setkey_enc(mbedtls_aes_context* ctx, const unsigned char* key, unsigned int keybits) {
    mbedtls_platform_zeroize(ctx, sizeof *ctx); /* a key that is refused doesn't leave the last one */
    if (keybits == 192) return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
    if (keybits != 128 && keybits != 256) return MBEDTLS_ERR_AES_INVALID_KEY_LENGTH;
    const int status = outboot_aes_init((outboot_aes*) ctx->buf, key, keybits / 8);
    if (status == outboot_crypto_ok) ctx->nr = (int) (keybits / 32 + 6);
    return outboot_mbedtls_status(status);
}

int mbedtls_internal_aes_encrypt(mbedtls_aes_context* ctx, const unsigned char input[16], unsigned char output[16]) {
    if (ctx->nr == 0) return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    return outboot_mbedtls_status(outboot_aes_encrypt(service_context(ctx), input, output, 1));
}

#if !defined(MBEDTLS_BLOCK_CIPHER_NO_DECRYPT)
/* The same round keys serve both directions. */
int mbedtls_aes_setkey_dec(mbedtls_aes_context* ctx, const unsigned char* key, unsigned int keybits) {
    return mbedtls_aes_setkey_enc(ctx, key, keybits);
}

int mbedtls_internal_aes_decrypt(mbedtls_aes_context* ctx, const unsigned char input[16], unsigned char output[16]) {
    if (ctx->nr == 0) return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    return outboot_mbedtls_status(outboot_aes_decrypt(service_context(ctx), input, output, 1));
}
#endif

#if defined(OUTBOOT_MBEDTLS_CTR)
/* What is left of the last keystream block, whole blocks, and the beginning of a last one. */
int mbedtls_aes_crypt_ctr(mbedtls_aes_context* ctx, size_t length, size_t* nc_off, unsigned char nonce_counter[16],
                          unsigned char stream_block[16], const unsigned char* input, unsigned char* output) {
    size_t offset = *nc_off;
    if (offset >= block_bytes || ctx->nr == 0) return MBEDTLS_ERR_AES_BAD_INPUT_DATA;
    for (; length != 0 && offset != 0; --length, offset = (offset + 1) % block_bytes) {
        *output++ = (unsigned char) (*input++ ^ stream_block[offset]);
    }
    const size_t blocks = length / block_bytes;
    int status = outboot_crypto_ok;
    if (blocks != 0) status = outboot_aes_ctr(service_context(ctx), nonce_counter, input, output, blocks);
    const size_t rest = length % block_bytes;
    if (status == outboot_crypto_ok && rest != 0) {
        input += blocks * block_bytes;
        output += blocks * block_bytes;
        memset(stream_block, 0, block_bytes);
        status = outboot_aes_ctr(service_context(ctx), nonce_counter, stream_block, stream_block, 1);
        for (; offset != rest; ++offset) output[offset] = (unsigned char) (input[offset] ^ stream_block[offset]);
    }
    *nc_off = offset;
    return outboot_mbedtls_status(status);
}
#endif

#else
typedef int outboot_aes_is_not_shared;
#endif

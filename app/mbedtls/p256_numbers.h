/* Between Mbed TLS's numbers and the service table's bytes, for P-256. */
#ifndef OUTBOOT_P256_NUMBERS_H
#define OUTBOOT_P256_NUMBERS_H

#include <string.h>

#include "mbedtls/ecp.h"
#include "mbedtls/platform_util.h"
#include "outboot_mbedtls_status.h"

/* A configuration with other curves keeps Mbed TLS's arithmetic for them. */
#include "outboot_mbedtls_curves.h"

enum { outboot_p256_bytes = 32 };

/* 0 if the number is at least 0 and has its 32 bytes. */
static inline int outboot_number_out(uint8_t bytes[32], const mbedtls_mpi* number) {
    if (mbedtls_mpi_cmp_int(number, 0) < 0) return MBEDTLS_ERR_MPI_NEGATIVE_VALUE;
    return mbedtls_mpi_write_binary(number, bytes, outboot_p256_bytes);
}

/* 0 for a point in affine coordinates; infinity isn't one. */
static inline int outboot_point_out(uint8_t point[64], const mbedtls_ecp_point* from) {
    if (mbedtls_mpi_cmp_int(&from->Z, 1) != 0) return MBEDTLS_ERR_ECP_INVALID_KEY;
    if (outboot_number_out(point, &from->X) != 0 || outboot_number_out(point + 32, &from->Y) != 0)
        return MBEDTLS_ERR_ECP_INVALID_KEY;
    return 0;
}

static inline int outboot_point_in(mbedtls_ecp_point* to, const uint8_t point[64]) {
    int ret = mbedtls_mpi_read_binary(&to->X, point, outboot_p256_bytes);
    if (ret == 0) ret = mbedtls_mpi_read_binary(&to->Y, point + outboot_p256_bytes, outboot_p256_bytes);
    return ret != 0 ? ret : mbedtls_mpi_lset(&to->Z, 1);
}

/* SEC 1, 4.1.3: the leftmost 32 bytes of a longer hash; a shorter one is a smaller number. */
static inline void outboot_hash_out(uint8_t bytes[32], const uint8_t* hash, size_t size) {
    const size_t used = size < outboot_p256_bytes ? size : outboot_p256_bytes;
    memset(bytes, 0, outboot_p256_bytes);
    if (used != 0) memcpy(bytes + outboot_p256_bytes - used, hash, used);
}

static inline int outboot_ecp_status(int status) {
    switch (status) {
    case outboot_crypto_bad_key:
        return MBEDTLS_ERR_ECP_INVALID_KEY;
    case outboot_crypto_bad_signature:
        return MBEDTLS_ERR_ECP_VERIFY_FAILED;
    case outboot_crypto_random_failed:
        return MBEDTLS_ERR_ECP_RANDOM_FAILED;
    case outboot_crypto_bad_argument:
        return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    default:
        return outboot_mbedtls_status(status);
    }
}

/* An application's random source as the services take it. */
struct outboot_random_source {
    int (*f_rng)(void*, unsigned char*, size_t);
    void* p_rng;
};

static inline int outboot_draw(void* source, uint8_t* bytes, size_t size) {
    const struct outboot_random_source* const from = (const struct outboot_random_source*) source;
    return from->f_rng(from->p_rng, bytes, size);
}

/* A new key pair into Mbed TLS's numbers. */
static inline int outboot_new_key(mbedtls_mpi* d, mbedtls_ecp_point* Q, int (*f_rng)(void*, unsigned char*, size_t),
                                  void* p_rng) {
    struct outboot_random_source source = {f_rng, p_rng};
    uint8_t key[32], point[64];
    if (f_rng == NULL) return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    int ret = outboot_ecp_status(outboot_keygen(key, point, outboot_draw, &source));
    if (ret == 0) ret = mbedtls_mpi_read_binary(d, key, sizeof key);
    if (ret == 0) ret = outboot_point_in(Q, point);
    mbedtls_platform_zeroize(key, sizeof key);
    return ret;
}

#endif

/* Mbed TLS's ECDH on P-256 by the bootloader (MBEDTLS_ECDH_COMPUTE_SHARED_ALT, _GEN_PUBLIC_ALT). Other curves, if the
   configuration has any, go to Mbed TLS's own functions, which are included here under other names. */
#include "common.h"

#if defined(MBEDTLS_ECDH_C) && (defined(MBEDTLS_ECDH_COMPUTE_SHARED_ALT) || defined(MBEDTLS_ECDH_GEN_PUBLIC_ALT))

#include "mbedtls/ecdh.h"
#include "p256_numbers.h"

#if defined(MBEDTLS_ECDH_COMPUTE_SHARED_ALT)
#define OUTBOOT_COMPUTE_SHARED
#undef MBEDTLS_ECDH_COMPUTE_SHARED_ALT
#endif
#if defined(MBEDTLS_ECDH_GEN_PUBLIC_ALT)
#define OUTBOOT_GEN_PUBLIC
#undef MBEDTLS_ECDH_GEN_PUBLIC_ALT
#endif

#if defined(OUTBOOT_MBEDTLS_OTHER_CURVES)
#define mbedtls_ecdh_can_do outboot_other_ecdh_can_do
#define mbedtls_ecdh_gen_public outboot_other_ecdh_gen_public
#define mbedtls_ecdh_compute_shared outboot_other_ecdh_compute_shared
#define mbedtls_ecdh_get_grp_id outboot_other_ecdh_get_grp_id
#define mbedtls_ecdh_init outboot_other_ecdh_init
#define mbedtls_ecdh_setup outboot_other_ecdh_setup
#define mbedtls_ecdh_free outboot_other_ecdh_free
#define mbedtls_ecdh_enable_restart outboot_other_ecdh_enable_restart
#define mbedtls_ecdh_make_params outboot_other_ecdh_make_params
#define mbedtls_ecdh_read_params outboot_other_ecdh_read_params
#define mbedtls_ecdh_get_params outboot_other_ecdh_get_params
#define mbedtls_ecdh_make_public outboot_other_ecdh_make_public
#define mbedtls_ecdh_read_public outboot_other_ecdh_read_public
#define mbedtls_ecdh_calc_secret outboot_other_ecdh_calc_secret
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-prototypes" /* the headers have the other names */
#include "ecdh.c"
#pragma GCC diagnostic pop
#undef mbedtls_ecdh_gen_public
#undef mbedtls_ecdh_compute_shared
#define OTHER_CURVE(call) return call
#else
#define OTHER_CURVE(call) return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE
#endif

#if defined(OUTBOOT_COMPUTE_SHARED)
/* The random source would blind the multiplication; the service's is constant-time without one. */
int mbedtls_ecdh_compute_shared(mbedtls_ecp_group* grp, mbedtls_mpi* z, const mbedtls_ecp_point* Q,
                                const mbedtls_mpi* d, int (*f_rng)(void*, unsigned char*, size_t), void* p_rng) {
    if (grp->id != MBEDTLS_ECP_DP_SECP256R1) OTHER_CURVE(outboot_other_ecdh_compute_shared(grp, z, Q, d, f_rng, p_rng));
    uint8_t key[32], point[64], secret[32];
    (void) f_rng;
    (void) p_rng;
    int ret = outboot_point_out(point, Q);
    if (ret == 0 && outboot_number_out(key, d) != 0) ret = MBEDTLS_ERR_ECP_INVALID_KEY;
    if (ret == 0) ret = outboot_ecp_status(outboot_ecdh(secret, key, point));
    if (ret == 0) ret = mbedtls_mpi_read_binary(z, secret, sizeof secret);
    mbedtls_platform_zeroize(key, sizeof key);
    mbedtls_platform_zeroize(secret, sizeof secret);
    return ret;
}
#endif

#if defined(OUTBOOT_GEN_PUBLIC)
int mbedtls_ecdh_gen_public(mbedtls_ecp_group* grp, mbedtls_mpi* d, mbedtls_ecp_point* Q,
                            int (*f_rng)(void*, unsigned char*, size_t), void* p_rng) {
    if (grp->id != MBEDTLS_ECP_DP_SECP256R1) OTHER_CURVE(outboot_other_ecdh_gen_public(grp, d, Q, f_rng, p_rng));
    return outboot_new_key(d, Q, f_rng, p_rng);
}
#endif

#else
typedef int outboot_ecdh_is_not_shared;
#endif

/* Mbed TLS's ECDSA on P-256 by the bootloader (MBEDTLS_ECDSA_VERIFY_ALT, _SIGN_ALT, _GENKEY_ALT). Other curves, if the
   configuration has any, go to Mbed TLS's own functions, which are included here under other names. Deterministic
   signatures come this way, too: Mbed TLS's HMAC_DRBG is then the random source. P-256 takes the nonce of it and
   nothing else; on other curves PSA's random source is for blinding. */
#include "common.h"

#if defined(MBEDTLS_ECDSA_C) &&                                                                                        \
    (defined(MBEDTLS_ECDSA_VERIFY_ALT) || defined(MBEDTLS_ECDSA_SIGN_ALT) || defined(MBEDTLS_ECDSA_GENKEY_ALT))

#include "mbedtls/ecdsa.h"
#include "p256_numbers.h"

#if defined(MBEDTLS_ECDSA_VERIFY_ALT)
#define OUTBOOT_VERIFY
#undef MBEDTLS_ECDSA_VERIFY_ALT
#endif
#if defined(MBEDTLS_ECDSA_SIGN_ALT)
#define OUTBOOT_SIGN
#undef MBEDTLS_ECDSA_SIGN_ALT
#endif
#if defined(MBEDTLS_ECDSA_GENKEY_ALT)
#define OUTBOOT_GENKEY
#undef MBEDTLS_ECDSA_GENKEY_ALT
#endif

#if defined(OUTBOOT_MBEDTLS_OTHER_CURVES)
#if defined(OUTBOOT_SIGN) && defined(OUTBOOT_MBEDTLS_OTHER_SIGNING_CURVES) && defined(MBEDTLS_ECDSA_DETERMINISTIC)
#if !defined(MBEDTLS_PSA_CRYPTO_C)
#error "Deterministic ECDSA beyond P-256 is blinded by PSA: MBEDTLS_PSA_CRYPTO_C, or no MBEDTLS_ECDSA_SIGN_ALT"
#endif
#include "mbedtls/hmac_drbg.h"
#include "mbedtls/psa_util.h"
#include "psa/crypto.h"
#define OUTBOOT_BLINDS_WITH_PSA
#endif
#undef MBEDTLS_ECDSA_DETERMINISTIC
#define mbedtls_ecdsa_can_do outboot_other_ecdsa_can_do
#define mbedtls_ecdsa_sign_restartable outboot_other_ecdsa_sign_restartable
#define mbedtls_ecdsa_sign outboot_other_ecdsa_sign
#define mbedtls_ecdsa_verify_restartable outboot_other_ecdsa_verify_restartable
#define mbedtls_ecdsa_verify outboot_other_ecdsa_verify
#define mbedtls_ecdsa_write_signature_restartable outboot_other_ecdsa_write_signature_restartable
#define mbedtls_ecdsa_write_signature outboot_other_ecdsa_write_signature
#define mbedtls_ecdsa_read_signature_restartable outboot_other_ecdsa_read_signature_restartable
#define mbedtls_ecdsa_read_signature outboot_other_ecdsa_read_signature
#define mbedtls_ecdsa_genkey outboot_other_ecdsa_genkey
#define mbedtls_ecdsa_from_keypair outboot_other_ecdsa_from_keypair
#define mbedtls_ecdsa_init outboot_other_ecdsa_init
#define mbedtls_ecdsa_free outboot_other_ecdsa_free
/* Theirs call each other before they are defined. */
int mbedtls_ecdsa_read_signature_restartable(mbedtls_ecdsa_context*, const unsigned char*, size_t, const unsigned char*,
                                             size_t, mbedtls_ecdsa_restart_ctx*);
void mbedtls_ecdsa_free(mbedtls_ecdsa_context*);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-prototypes" /* the headers have the other names */
#include "ecdsa.c"
#pragma GCC diagnostic pop
#undef mbedtls_ecdsa_sign
#undef mbedtls_ecdsa_verify
#undef mbedtls_ecdsa_genkey
#define OTHER_CURVE(call) return call
#else
#define OTHER_CURVE(call) return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE
#endif

#if defined(OUTBOOT_VERIFY)
int mbedtls_ecdsa_verify(mbedtls_ecp_group* grp, const unsigned char* buf, size_t blen, const mbedtls_ecp_point* Q,
                         const mbedtls_mpi* r, const mbedtls_mpi* s) {
    if (grp->id != MBEDTLS_ECP_DP_SECP256R1) OTHER_CURVE(outboot_other_ecdsa_verify(grp, buf, blen, Q, r, s));
    uint8_t point[64], hash[32], signature[64];
    const int ret = outboot_point_out(point, Q);
    if (ret != 0) return ret;
    if (outboot_number_out(signature, r) != 0 || outboot_number_out(signature + 32, s) != 0)
        return MBEDTLS_ERR_ECP_VERIFY_FAILED;
    outboot_hash_out(hash, buf, blen);
    return outboot_ecp_status(outboot_ecdsa_verify(point, hash, signature));
}
#endif

#if defined(OUTBOOT_SIGN)
#if defined(OUTBOOT_MBEDTLS_OTHER_CURVES)
static int other_curve_sign(mbedtls_ecp_group* grp, mbedtls_mpi* r, mbedtls_mpi* s, const mbedtls_mpi* d,
                            const unsigned char* buf, size_t blen, int (*f_rng)(void*, unsigned char*, size_t),
                            void* p_rng) {
#if defined(OUTBOOT_BLINDS_WITH_PSA)
    /* A deterministic signature, as far as can be told here. Blinded with the nonce's own generator it would be blinded
       the same way each time, which is no blinding (CVE-2019-16910). PSA may not have been started by one who calls the
       legacy functions only; starting it again does nothing. */
    if (f_rng == mbedtls_hmac_drbg_random) {
        if (psa_crypto_init() != PSA_SUCCESS) return MBEDTLS_ERR_ECP_RANDOM_FAILED;
        return outboot_other_ecdsa_sign_restartable(grp, r, s, d, buf, blen, f_rng, p_rng, mbedtls_psa_get_random,
                                                    MBEDTLS_PSA_RANDOM_STATE, NULL);
    }
#endif
    return outboot_other_ecdsa_sign(grp, r, s, d, buf, blen, f_rng, p_rng);
}
#endif

int mbedtls_ecdsa_sign(mbedtls_ecp_group* grp, mbedtls_mpi* r, mbedtls_mpi* s, const mbedtls_mpi* d,
                       const unsigned char* buf, size_t blen, int (*f_rng)(void*, unsigned char*, size_t),
                       void* p_rng) {
    if (grp->id != MBEDTLS_ECP_DP_SECP256R1) OTHER_CURVE(other_curve_sign(grp, r, s, d, buf, blen, f_rng, p_rng));
    struct outboot_random_source source = {f_rng, p_rng};
    uint8_t key[32], hash[32], signature[64];
    if (f_rng == NULL) return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
    int ret = outboot_number_out(key, d) != 0 ? MBEDTLS_ERR_ECP_INVALID_KEY : 0;
    outboot_hash_out(hash, buf, blen);
    if (ret == 0) ret = outboot_ecp_status(outboot_ecdsa_sign(signature, key, hash, outboot_draw, &source));
    if (ret == 0) ret = mbedtls_mpi_read_binary(r, signature, 32);
    if (ret == 0) ret = mbedtls_mpi_read_binary(s, signature + 32, 32);
    mbedtls_platform_zeroize(key, sizeof key);
    return ret;
}
#endif

#if defined(OUTBOOT_GENKEY)
int mbedtls_ecdsa_genkey(mbedtls_ecdsa_context* ctx, mbedtls_ecp_group_id gid,
                         int (*f_rng)(void*, unsigned char*, size_t), void* p_rng) {
    if (gid != MBEDTLS_ECP_DP_SECP256R1) OTHER_CURVE(outboot_other_ecdsa_genkey(ctx, gid, f_rng, p_rng));
    const int ret = mbedtls_ecp_group_load(&ctx->grp, gid);
    return ret != 0 ? ret : outboot_new_key(&ctx->d, &ctx->Q, f_rng, p_rng);
}
#endif

#else
typedef int outboot_ecdsa_is_not_shared;
#endif

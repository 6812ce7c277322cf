/* Which other curves than P-256 the configuration has so far. May be included again: PSA's configuration turns some on
   after the user's configuration file. */
#if defined(MBEDTLS_ECP_DP_SECP192R1_ENABLED) || defined(MBEDTLS_ECP_DP_SECP224R1_ENABLED) ||                          \
    defined(MBEDTLS_ECP_DP_SECP384R1_ENABLED) || defined(MBEDTLS_ECP_DP_SECP521R1_ENABLED) ||                          \
    defined(MBEDTLS_ECP_DP_SECP192K1_ENABLED) || defined(MBEDTLS_ECP_DP_SECP224K1_ENABLED) ||                          \
    defined(MBEDTLS_ECP_DP_SECP256K1_ENABLED) || defined(MBEDTLS_ECP_DP_BP256R1_ENABLED) ||                            \
    defined(MBEDTLS_ECP_DP_BP384R1_ENABLED) || defined(MBEDTLS_ECP_DP_BP512R1_ENABLED)
#undef OUTBOOT_MBEDTLS_OTHER_SIGNING_CURVES
#define OUTBOOT_MBEDTLS_OTHER_SIGNING_CURVES
#endif

#if defined(OUTBOOT_MBEDTLS_OTHER_SIGNING_CURVES) || defined(MBEDTLS_ECP_DP_CURVE25519_ENABLED) ||                     \
    defined(MBEDTLS_ECP_DP_CURVE448_ENABLED)
#undef OUTBOOT_MBEDTLS_OTHER_CURVES
#define OUTBOOT_MBEDTLS_OTHER_CURVES
#endif

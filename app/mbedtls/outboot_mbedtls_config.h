/* What Mbed TLS 3.6 takes from the bootloader: give this as MBEDTLS_USER_CONFIG_FILE, or include it at the end of your
   own. Everything that the configuration enables and the layout's service table offers is shared; the rest, other
   curves and other modes included, stays Mbed TLS's own.

   For PSA, define MBEDTLS_PSA_P256M_DRIVER_ENABLED in your configuration: the driver's entry points stay Mbed TLS's,
   what they call is p256m_alt.c in place of p256-m.c. */
#ifndef OUTBOOT_MBEDTLS_CONFIG_H
#define OUTBOOT_MBEDTLS_CONFIG_H

#include "outboot_layout.h"

#define OUTBOOT_MBEDTLS_OFFERED(bit) ((OUTBOOT_SERVICES >> (bit)) & 1U) /* bits: format/service_table.h */

#if defined(MBEDTLS_SHA256_C) && OUTBOOT_MBEDTLS_OFFERED(0)
#define MBEDTLS_SHA256_ALT
#endif

#if defined(MBEDTLS_AES_C) && OUTBOOT_MBEDTLS_OFFERED(3) &&                                                            \
    (OUTBOOT_MBEDTLS_OFFERED(4) || defined(MBEDTLS_BLOCK_CIPHER_NO_DECRYPT))
#define MBEDTLS_AES_ALT
#endif

#if defined(MBEDTLS_ECP_DP_SECP256R1_ENABLED) && !defined(MBEDTLS_ECP_RESTARTABLE)
#if defined(MBEDTLS_ECDSA_C) && OUTBOOT_MBEDTLS_OFFERED(5)
#define MBEDTLS_ECDSA_VERIFY_ALT
#endif
#if defined(MBEDTLS_ECDH_C) && OUTBOOT_MBEDTLS_OFFERED(6)
#define MBEDTLS_ECDH_COMPUTE_SHARED_ALT
#endif
#if defined(MBEDTLS_ECDSA_C) && OUTBOOT_MBEDTLS_OFFERED(7)
#define MBEDTLS_ECDSA_SIGN_ALT
#endif
#if defined(MBEDTLS_ECDSA_C) && OUTBOOT_MBEDTLS_OFFERED(8)
#define MBEDTLS_ECDSA_GENKEY_ALT
#endif
#if defined(MBEDTLS_ECDH_C) && OUTBOOT_MBEDTLS_OFFERED(8)
#define MBEDTLS_ECDH_GEN_PUBLIC_ALT
#endif
#endif

/* A configuration with other curves keeps Mbed TLS's arithmetic for them. */
#if defined(MBEDTLS_ECP_DP_SECP192R1_ENABLED) || defined(MBEDTLS_ECP_DP_SECP224R1_ENABLED) ||                          \
    defined(MBEDTLS_ECP_DP_SECP384R1_ENABLED) || defined(MBEDTLS_ECP_DP_SECP521R1_ENABLED) ||                          \
    defined(MBEDTLS_ECP_DP_SECP192K1_ENABLED) || defined(MBEDTLS_ECP_DP_SECP224K1_ENABLED) ||                          \
    defined(MBEDTLS_ECP_DP_SECP256K1_ENABLED) || defined(MBEDTLS_ECP_DP_BP256R1_ENABLED) ||                            \
    defined(MBEDTLS_ECP_DP_BP384R1_ENABLED) || defined(MBEDTLS_ECP_DP_BP512R1_ENABLED) ||                              \
    defined(MBEDTLS_ECP_DP_CURVE25519_ENABLED) || defined(MBEDTLS_ECP_DP_CURVE448_ENABLED)
#define OUTBOOT_MBEDTLS_OTHER_CURVES
#endif

#endif

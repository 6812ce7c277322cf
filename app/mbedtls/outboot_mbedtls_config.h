/* What Mbed TLS 3.6 takes from the bootloader: give this as MBEDTLS_USER_CONFIG_FILE, or include it at the end of your
   own. Everything that the configuration enables and the layout's service table offers is shared; the rest, other
   curves and other modes included, stays Mbed TLS's own.

   For PSA, define MBEDTLS_PSA_P256M_DRIVER_ENABLED in your configuration: the driver's entry points stay Mbed TLS's,
   what they call is p256m_alt.c in place of p256-m.c, if the layout offers all that the driver may call: ecdsa-verify, ecdh,
   ecdsa-sign and keygen. */
#ifndef OUTBOOT_MBEDTLS_CONFIG_H
#define OUTBOOT_MBEDTLS_CONFIG_H

#include "outboot_layout.h"

#define OUTBOOT_MBEDTLS_OFFERED(bit) ((OUTBOOT_SERVICES >> (bit)) & 1U) /* bits: format/service_table.h */

/* Of modules that the configuration doesn't enable these say nothing; and with PSA's configuration it isn't known here yet
   which ones it will enable. */
#if OUTBOOT_MBEDTLS_OFFERED(0)
#define MBEDTLS_SHA256_ALT
#endif

#if OUTBOOT_MBEDTLS_OFFERED(3) && (OUTBOOT_MBEDTLS_OFFERED(4) || defined(MBEDTLS_BLOCK_CIPHER_NO_DECRYPT))
#define MBEDTLS_AES_ALT
#endif

#if !defined(MBEDTLS_ECP_RESTARTABLE) /* which Mbed TLS doesn't allow beside these */
#if OUTBOOT_MBEDTLS_OFFERED(5)
#define MBEDTLS_ECDSA_VERIFY_ALT
#endif
#if OUTBOOT_MBEDTLS_OFFERED(6)
#define MBEDTLS_ECDH_COMPUTE_SHARED_ALT
#endif
/* Deterministic signatures on other curves need a random source for blinding, which Mbed TLS keeps from an alternative.
   ecdsa_alt.c takes PSA's. Without PSA all signing stays Mbed TLS's own. */
#include "outboot_mbedtls_curves.h"
#if OUTBOOT_MBEDTLS_OFFERED(7) && (defined(MBEDTLS_PSA_CRYPTO_C) || !defined(MBEDTLS_ECDSA_DETERMINISTIC) ||           \
                                   !defined(OUTBOOT_MBEDTLS_OTHER_SIGNING_CURVES))
#define MBEDTLS_ECDSA_SIGN_ALT
#endif
#if OUTBOOT_MBEDTLS_OFFERED(8)
#define MBEDTLS_ECDSA_GENKEY_ALT
#define MBEDTLS_ECDH_GEN_PUBLIC_ALT
#endif
#endif

#endif

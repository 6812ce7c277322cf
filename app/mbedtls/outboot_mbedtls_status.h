/* What Mbed TLS's callers are told where the service table can't be used. */
#ifndef OUTBOOT_MBEDTLS_STATUS_H
#define OUTBOOT_MBEDTLS_STATUS_H

#include "app/outboot_crypto.h"
#include "mbedtls/platform_util.h"

/* No table, a damaged one, or a service that isn't there: as of hardware that fails. outboot_crypto_open() says more. */
#include "mbedtls/error.h"
#include "mbedtls/platform.h"

static inline int outboot_mbedtls_status(int status) {
    return status == outboot_crypto_ok ? 0 : MBEDTLS_ERR_PLATFORM_HW_ACCEL_FAILED;
}

#endif

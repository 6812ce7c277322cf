/* The one function that p256-m wants of Mbed TLS's header of this name. Included by crypto/p256m.hpp only. */
#pragma once

static inline void mbedtls_platform_zeroize(void* where, size_t size_bytes) {
    outboot::crypto::clear(where, size_bytes);
}

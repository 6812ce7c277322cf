// p256-m (third-party, see cmake/dependencies.cmake), unmodified, as a set of functions with internal linkage.
//
// It is included, not linked: what we don't use disappears, no name of it can clash with an application's own copy,
// and its field and point arithmetic can be reached. Include this in p256.cpp only. Its directory is a system include
// directory, so our warnings don't apply to it.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/bytes.hpp"

// In place of p256-m.h, whose prototypes would give its functions external linkage.
#define P256_M_H
#define P256_SUCCESS 0
#define P256_RANDOM_FAILED -1
#define P256_INVALID_PUBKEY -2
#define P256_INVALID_PRIVKEY -3
#define P256_INVALID_SIGNATURE -4
#define MBEDTLS_PSA_P256M_DRIVER_ENABLED

namespace outboot::crypto::p256m {
namespace {
#include <p256-m.c>
}
} // namespace outboot::crypto::p256m

/* PSA alone, with p256-m below it. */
#include "bench_psa_config.h"
#define MBEDTLS_PSA_P256M_DRIVER_ENABLED

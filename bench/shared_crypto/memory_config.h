/* What the configurations of bench/shared-crypto have in common: no heap but a few lines of their own, and no printf. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_CALLOC_MACRO bench_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO bench_free
#define MBEDTLS_PLATFORM_EXIT_MACRO bench_exit
#define MBEDTLS_PLATFORM_PRINTF_MACRO bench_print
#define MBEDTLS_PLATFORM_SNPRINTF_MACRO bench_print_to
#define MBEDTLS_NO_PLATFORM_ENTROPY

#include <stddef.h>
void* bench_calloc(size_t count, size_t size);
void bench_free(void* block);

// What Mbed TLS asks of its platform: memory, random bytes, an end, and a printf that it calls where a self-test is
// verbose.
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/sha256.h>
#include <psa/crypto.h>

#include "examples/ra6m4/app/crypto/platform.hpp"
#include "examples/ra6m4/app/timer.hpp"
#include "ports/ra6m4/application.hpp"

namespace example::crypto {

namespace {

alignas(8) unsigned char heap[24 * 1024];
mbedtls_hmac_drbg_context generator;
bool ready = false;

// NOT RANDOM ENOUGH FOR A PRODUCT, which takes the TRNG of the SCE9: a counter and what this program has in its heap.
int gather(void*, unsigned char* bytes, std::size_t size) {
    static std::uint32_t calls = 0;
    const std::uint32_t seed[] = {++calls, timer::now_ms()};
    unsigned char digest[32];
    mbedtls_sha256_context hash;
    mbedtls_sha256_init(&hash);
    int result = mbedtls_sha256_starts(&hash, 0);
    if (result == 0) result = mbedtls_sha256_update(&hash, reinterpret_cast<const unsigned char*>(seed), sizeof seed);
    if (result == 0) result = mbedtls_sha256_update(&hash, heap, sizeof heap);
    if (result == 0) result = mbedtls_sha256_finish(&hash, digest);
    mbedtls_sha256_free(&hash);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = digest[i % sizeof digest];
    return result;
}

} // namespace

int begin_platform() {
    if (ready) return 0;
    mbedtls_memory_buffer_alloc_init(heap, sizeof heap);
    mbedtls_hmac_drbg_init(&generator);
    const int result =
        mbedtls_hmac_drbg_seed(&generator, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), gather, nullptr, nullptr, 0);
    ready = result == 0;
    return result;
}

int draw(void*, unsigned char* bytes, std::size_t size) {
    return mbedtls_hmac_drbg_random(&generator, bytes, size);
}

} // namespace example::crypto

extern "C" {

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t*, std::uint8_t* output,
                                             std::size_t output_size, std::size_t* output_length) {
    for (std::size_t done = 0; done < output_size;) {
        const std::size_t part =
            output_size - done < MBEDTLS_HMAC_DRBG_MAX_REQUEST ? output_size - done : MBEDTLS_HMAC_DRBG_MAX_REQUEST;
        if (example::crypto::draw(nullptr, output + done, part) != 0) return PSA_ERROR_INSUFFICIENT_ENTROPY;
        done += part;
    }
    *output_length = output_size;
    return PSA_SUCCESS;
}

void example_mbedtls_exit(int) {
    outboot::ra6m4::reset_mcu();
}

// The self-tests are told not to be verbose.
int example_mbedtls_printf(const char*, ...) {
    return 0;
}

int example_mbedtls_snprintf(char* text, std::size_t size, const char*, ...) {
    if (size != 0) text[0] = '\0';
    return 0;
}
}

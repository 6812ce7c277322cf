#include "tool/repeatable.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/primitives.hpp"

namespace outboot::tool {
namespace {

constexpr std::size_t stream_bytes = 65536; // each; an image takes less than 2 KB of them
constexpr unsigned strength_bits = 256;

// OpenSSL's generator for tests (EVP_RAND-TEST-RAND): it gives out what it was given.
bool feed(EVP_RAND_CTX* generator, ByteVector& stream) {
    unsigned strength = strength_bits;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
        OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_ENTROPY, stream.data(), stream.size()),
        OSSL_PARAM_construct_end()};
    return generator && EVP_RAND_uninstantiate(generator) == 1 && EVP_RAND_CTX_set_params(generator, parameters) == 1 &&
           EVP_RAND_instantiate(generator, strength_bits, 0, nullptr, 0, parameters) == 1;
}

} // namespace

void make_randomness_repeatable(const std::string& seed_file, const std::string& program_file) {
    const auto seed = read_file(seed_file, "the seed");
    if (seed.empty()) throw Failure(fmt::format("{} is empty: it's no seed", seed_file));
    const auto key = hmac_sha256(sha256(seed), sha256(read_file(program_file, "the program")));
    const auto stream = aes_ctr(key, ByteVector(2 * stream_bytes));
    ByteVector for_secrets(stream.begin(), stream.begin() + stream_bytes);
    ByteVector for_the_rest(stream.begin() + stream_bytes, stream.end());
    const bool done = RAND_set_DRBG_type(nullptr, "TEST-RAND", nullptr, nullptr, nullptr) == 1 &&
                      feed(RAND_get0_private(nullptr), for_secrets) && feed(RAND_get0_public(nullptr), for_the_rest);
    if (!done) throw Failure("OpenSSL's random numbers can't be replaced by those of --seed-file");
    print_warning("--seed-file is for tests only: whoever has seed and program can compute this image's keys",
                  "never install or publish an image that was made with it");
}

} // namespace outboot::tool

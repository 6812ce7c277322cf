#include "tests/scenario/repeatable.hpp"

#include <openssl/rand.h>

#include "board/random.hpp"

namespace outboot::scenario {

namespace {

board::Random numbers{0};

int fill(unsigned char* bytes, int count) {
    for (int i = 0; i < count; ++i) bytes[i] = numbers.byte();
    return 1;
}

int ready() {
    return 1;
}

} // namespace

// OpenSSL 3 calls this interface deprecated; its successor, a provider of one's own, is out of proportion here.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

void repeat_random_numbers(std::uint64_t seed) {
    static const RAND_METHOD method{nullptr, fill, nullptr, nullptr, fill, ready};
    numbers = board::Random(seed);
    RAND_set_rand_method(&method);
}

} // namespace outboot::scenario

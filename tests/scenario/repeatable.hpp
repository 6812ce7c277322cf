// Makes OpenSSL's random numbers the same in every run, so that keys, image keys and signatures, and with them every
// byte on the board, follow from the seed in a failure's description.
#pragma once

#include <cstdint>

namespace outboot::scenario {

// For the rest of the process.
void repeat_random_numbers(std::uint64_t seed);

} // namespace outboot::scenario

// The finaliser of splitmix64: 64 bits in, 64 bits out, each depending on all.
#pragma once

#include <cstdint>

namespace outboot::explore {

constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

} // namespace outboot::explore

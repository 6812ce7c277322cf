#include "examples/ra6m4/app/pictures.hpp"

#include <array>
#include <cstdint>

namespace example {

namespace {

constexpr auto pictures = [] {
    std::array<std::uint32_t, 12 * 1024> words{};
    std::uint32_t x = 0x6f757462;
    for (std::uint32_t& word : words) { // xorshift32
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        word = x;
    }
    return words;
}();

std::uint32_t sum(const volatile std::uint32_t* words) {
    std::uint32_t total = 0;
    for (std::size_t i = 0; i < pictures.size(); ++i) total += words[i];
    return total;
}

constexpr std::uint32_t right_sum = [] {
    std::uint32_t total = 0;
    for (const std::uint32_t word : pictures) total += word;
    return total;
}();

} // namespace

bool pictures_intact() {
    return sum(pictures.data()) == right_sum;
}

} // namespace example

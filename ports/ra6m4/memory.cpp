// memcpy and its like, as small as they get: the C library's are written for speed and five times the size.
#include <cstddef>
#include <cstdint>

extern "C" {

[[gnu::used, gnu::noinline]] void* memmove(void* to, const void* from, std::size_t count) {
    auto* out = static_cast<std::uint8_t*>(to);
    const auto* in = static_cast<const std::uint8_t*>(from);
    const bool upwards = out <= in;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = upwards ? i : count - 1 - i;
        out[at] = in[at];
    }
    return to;
}

[[gnu::used, gnu::noinline]] void* memcpy(void* to, const void* from, std::size_t count) {
    return memmove(to, from, count);
}

[[gnu::used, gnu::noinline]] void* memset(void* to, int value, std::size_t count) {
    auto* out = static_cast<std::uint8_t*>(to);
    while (count-- != 0) *out++ = static_cast<std::uint8_t>(value);
    return to;
}

[[gnu::used, gnu::noinline]] int memcmp(const void* a, const void* b, std::size_t count) {
    const auto* left = static_cast<const std::uint8_t*>(a);
    const auto* right = static_cast<const std::uint8_t*>(b);
    int difference = 0;
    while (count-- != 0 && difference == 0) difference = *left++ - *right++;
    return difference;
}

} // extern "C"

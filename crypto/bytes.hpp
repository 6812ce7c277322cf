// Bytes that are secret: compared in constant time, and really cleared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace outboot::crypto {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

// Overwrites with zeros in a way the compiler must not leave out, though nobody reads the result. Not inlined: one
// copy serves all.
void clear(void* where, std::size_t size_bytes);

// Clears an object or array of plain data.
template <class T>
void clear(T& object) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
    clear(&object, sizeof object);
}

// Clears what functions called earlier from here have left on the stack, to a depth of size_bytes. Called where a
// secret was worked on, once, by the outermost function: the inner ones needn't each clear what only they had. How deep
// they go is measured on the target (bench/crypto), and a test looks whether all is clear.
template <std::size_t size_bytes>
[[gnu::noinline]] void clear_stack_below() {
    std::uint8_t below[size_bytes];
    clear(below);
}

// Same length and same bytes? The time depends on the length alone.
[[nodiscard]] bool equal(const std::uint8_t* a, const std::uint8_t* b, std::size_t size_bytes);
[[nodiscard]] inline bool equal(Bytes a, Bytes b) {
    return a.size() == b.size() && equal(a.data(), b.data(), a.size());
}

} // namespace outboot::crypto

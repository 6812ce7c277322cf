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

// Clears what functions called earlier from here have left on the stack, as deep as any of crypto/ goes on the target.
// Called where a secret was worked on, once, by the outermost function: the inner ones needn't each clear what only
// they had.
void clear_stack_below();

// Same length and same bytes? The time depends on the length alone.
[[nodiscard]] bool equal(Bytes a, Bytes b);

} // namespace outboot::crypto

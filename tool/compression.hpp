// Compressed payloads: MCUboot's two bytes of parameters, then a raw LZMA2 stream, perhaps behind the ARM-Thumb filter.
#pragma once

#include <optional>

#include "tool/primitives.hpp"

namespace outboot::tool {

enum class Compression { none, lzma2, lzma2_arm_thumb };

// Parameters and stream; nullopt if the stream isn't smaller than what it holds.
std::optional<ByteVector> compress(ByteSpan payload, Compression method);

// Exactly `bytes` bytes. Throws Failure if the parameters are none, or the stream is damaged or holds another number.
// `packed` may be followed by the padding of an encrypted image.
ByteVector decompress(ByteSpan packed, bool arm_thumb, std::size_t bytes);

} // namespace outboot::tool

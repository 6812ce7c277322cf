// The hash of bytes that lie in memory in one piece.
#pragma once

#include "format/image.hpp"

namespace outboot::core {

template <class Sha256>
[[gnu::noinline]] void digest_of(format::Bytes bytes, std::span<std::uint8_t, 32> digest) {
    Sha256 sha;
    sha.update(bytes);
    sha.finish(digest);
}

} // namespace outboot::core

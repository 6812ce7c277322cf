// Memory and random bytes for Mbed TLS.
#pragma once

#include <cstddef>

namespace example::crypto {

// Once, before anything else of Mbed TLS; 0, or Mbed TLS's error.
int begin_platform();

// As Mbed TLS wants its random sources.
int draw(void* unused, unsigned char* bytes, std::size_t size);

} // namespace example::crypto

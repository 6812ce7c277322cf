// The example's command `crypto`: Mbed TLS at work, a line for each thing it does. The same source is built with the
// bootloader's cryptography below Mbed TLS, and without.
#pragma once

#include "examples/ra6m4/app/parts.hpp"

namespace example::crypto {

// Each line ends with "ok" or with an error; the last one is "crypto: n of m passed".
void demonstrate();

extern const Part part;

} // namespace example::crypto

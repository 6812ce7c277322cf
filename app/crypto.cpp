// The bootloader's cryptography and nothing else: what it doesn't have is answered with why.
namespace outboot {
namespace {
constexpr bool with_fallback = false;
}
} // namespace outboot

#include "app/crypto_calls.hpp"

// The bootloader's cryptography where it can be used, else (no table, another, a damaged one, or none of this service)
// the library's own, which is linked with this.
namespace outboot {
namespace {
constexpr bool with_fallback = true;
}
} // namespace outboot

#include "app/crypto_calls.hpp"

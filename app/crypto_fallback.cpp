// The bootloader's cryptography where there is a table, else the library's own, which is linked with this.
namespace outboot {
namespace {
constexpr bool with_fallback = true;
}
} // namespace outboot

#include "app/crypto_calls.hpp"

// The layout an application was built for, where `outboot sign` looks for it.
#include "outboot_layout.hpp"

extern "C" {
extern const std::array<std::uint8_t, 8> outboot_layout_fingerprint;
[[gnu::used, gnu::section(".outboot.fingerprint")]] const std::array<std::uint8_t, 8> outboot_layout_fingerprint =
    outboot::layout.fingerprint;
}

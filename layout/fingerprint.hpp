// The fingerprint: what bootloader, application and image must agree on, in eight bytes. Byte by byte in FORMAT.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layout/model.hpp"

namespace outboot::layouts {

// The canonical form, version 1. Everything in `model` but the fingerprint itself must be final.
std::vector<std::uint8_t> canonical_form(const Model& model);

// The first 8 bytes of SHA-256 over the canonical form.
Fingerprint fingerprint_of(const Model& model);

// Sixteen small hexadecimal digits, first byte first.
std::string to_hex(const Fingerprint& fingerprint);
std::optional<Fingerprint> fingerprint_from_hex(std::string_view text);

} // namespace outboot::layouts

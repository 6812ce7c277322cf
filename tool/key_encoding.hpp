// Keys as bytes for a bootloader's source: private ones in DER, and any bytes as a C or Rust array.
#pragma once

#include <string>

#include "tool/keys.hpp"

namespace outboot::tool {

enum class PrivateForm { openssl, pkcs8 }; // openssl: PKCS#1 for RSA, SEC1 for ECDSA

// What a bootloader expects unless another form is asked for: PKCS#1 for RSA, PKCS#8 for the others.
PrivateForm default_form(KeyKind kind);

// Minimal: for ECDSA without the public half, for RSA without the numbers that follow from others. Throws Failure where
// the key has no such form.
ByteVector private_der(const Key& key, PrivateForm form, bool minimal);

// As imgtool writes them: eight bytes a line, and in C a constant with the length.
std::string c_array(const std::string& name, ByteSpan bytes);
std::string rust_array(const std::string& name, ByteSpan bytes);

// "rsa", "ecdsa", "ed25519", "x25519": what imgtool's names begin with.
std::string array_prefix(KeyKind kind);

} // namespace outboot::tool

// Keys that never leave a token: a PKCS#11 URI (RFC 7512) instead of a file. OpenSSL's pkcs11 engine talks to the
// token.
#pragma once

#include <string>

#include <openssl/types.h>

namespace outboot::tool {

bool is_token_uri(const std::string& text); // "pkcs11:..."

// The URI without its PIN: what may be shown.
std::string without_pin(const std::string& uri);

// The private key's handle; the caller frees it. The PIN comes from the URI (pin-value, or pin-source: a file), else
// from the variable OUTBOOT_PASSWORD, else it is asked for. Throws Failure; no message holds the PIN.
EVP_PKEY* load_token_key(const std::string& uri, const std::string& purpose);

} // namespace outboot::tool

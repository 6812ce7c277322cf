// Keys whose private half anybody can have: what they sign is signed by anybody, what is encrypted for them is no
// secret.
#pragma once

#include <optional>
#include <string>

#include "tool/keys.hpp"

namespace outboot::tool {

// Whose example the key is ("MCUboot's root-ec-p256.pem"); nullopt for any other key. Known are MCUboot's published
// development keys and every key pair that comes with this repository (tests/data/images/keys). Key-encryption keys
// have no public half and aren't looked at.
std::optional<std::string> sample_key_name(const Key& key);

// Prints a warning if it is one.
void warn_of_sample_key(const Key& key, const std::string& purpose);

// Throws Failure if it is one.
void refuse_sample_key(const Key& key, const std::string& purpose);

} // namespace outboot::tool

// Signatures that are false, but that become true if the verifier leaves out the right thing: what an attacker who can
// make it skip an instruction would try.
#pragma once

#include <string>
#include <vector>

#include "tests/crypto/reference.hpp"

namespace outboot::crypto::test {

struct Forgery {
    std::string name; // what would have to be left out
    Data hash;
    Data raw;  // r || s
    Data bait; // what registers should point at by chance: a move that is left out then finds it
};

// All for one key, of which only the point is used, and for a genuine signature under it of another hash.
std::vector<Forgery> forgeries(const openssl::KeyPair& key, const Data& genuine_hash, const Data& genuine_raw,
                               const Data& hash);

} // namespace outboot::crypto::test

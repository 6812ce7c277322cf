// For tests that compare images byte by byte: random numbers that come out alike each time.
#pragma once

#include <string>

namespace outboot::tool {

// From here on all that OpenSSL takes for random in this process follows from the contents of both files. Must be
// called before anything random was used. Different programs get different numbers, so that even then no two payloads
// share a key. Throws Failure.
void make_randomness_repeatable(const std::string& seed_file, const std::string& program_file);

} // namespace outboot::tool

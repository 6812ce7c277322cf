// Reading and writing whole files. What is written appears whole or not at all.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace outboot::tool {

enum class Access {
    ordinary, // as the umask says
    secret,   // 0600 from the first byte on
};

// Throws Failure naming `what` ("the image", "the layout's lock") and the system's reason.
std::vector<std::uint8_t> read_file(const std::string& path, const std::string& what);

// Writes a temporary file in the same directory, syncs it and renames it over `path`; on any error the temporary is
// removed, `path` is as it was, and Failure says why. Devices and pipes are written directly.
void write_file(const std::string& path, std::span<const std::uint8_t> content, Access access = Access::ordinary);
void write_file(const std::string& path, const std::string& content, Access access = Access::ordinary);

// As write_file, but never replaces anything: an existing `path` is a Failure.
void create_file(const std::string& path, const std::string& content, Access access);

// With those above it; it may exist already. Throws Failure.
void make_directory(const std::string& path);

} // namespace outboot::tool

#include "tool/boot_record.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

constexpr std::size_t longest_type = 12;

// CBOR's major types.
enum Major : std::uint8_t { number = 0, bytes = 2, text = 3, map = 5 };

// The head of an item; lengths here stay below 256.
void head(ByteVector& out, Major major, std::size_t argument) {
    const auto kind = static_cast<std::uint8_t>(major << 5);
    if (argument < 24) return out.push_back(static_cast<std::uint8_t>(kind | argument));
    out.insert(out.end(), {static_cast<std::uint8_t>(kind | 24), static_cast<std::uint8_t>(argument)});
}

void entry(ByteVector& out, std::uint8_t key, const std::string& value) {
    head(out, number, key);
    head(out, text, value.size());
    out.insert(out.end(), value.begin(), value.end());
}

void entry(ByteVector& out, std::uint8_t key, ByteSpan value) {
    head(out, number, key);
    head(out, bytes, value.size());
    out.insert(out.end(), value.begin(), value.end());
}

} // namespace

ByteVector boot_record(const std::string& software_type, const format::Version& version, ByteSpan signer_id) {
    const bool ascii =
        std::all_of(software_type.begin(), software_type.end(), [](unsigned char c) { return c >= ' ' && c <= '~'; });
    if (software_type.empty() || software_type.size() > longest_type || !ascii)
        throw Failure(fmt::format("'{}' isn't a software type for a boot record", software_type),
                      "1 to 12 characters of ASCII");
    ByteVector out;
    head(out, map, 5);
    entry(out, 1, software_type);
    entry(out, 4, fmt::format("{}.{}.{}", version.major, version.minor, version.revision));
    entry(out, 5, signer_id);
    entry(out, 6, fmt::format("SHA{}", 8 * signer_id.size()));
    entry(out, 2, ByteVector(signer_id.size())); // must be last
    return out;
}

} // namespace outboot::tool

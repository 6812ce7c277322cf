#include "tool/serial_number.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/geometry.hpp"
#include "layout/text.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

using layouts::Memory;
using layouts::Model;
using layouts::Region;
using layouts::Role;

std::uint32_t parse_number(const std::string& text, const std::string& whole) {
    const auto number = layouts::parse_size(text);
    if (!number)
        throw Failure(fmt::format("'{}' in '{}' is no number", text, whole),
                      "the place of the serial number is REGION[+OFFSET][:SIZE], such as parameters+0x40:32");
    return *number;
}

std::uint32_t program_unit(const Region& region, const Model& layout) {
    if (region.memory == Memory::external) return 1;
    return region.memory == Memory::data_flash ? layout.mcu->data_flash.program_unit
                                               : layout.mcu->code_flash.program_unit;
}

const Region& application_region(const std::string& name, const Model& layout) {
    std::vector<std::string> known;
    for (const auto& region : layout.regions) {
        if (region.role != Role::application) continue;
        if (region.name == name) return region;
        known.push_back(region.name);
    }
    throw Failure(fmt::format("{} has no application region '{}' for the serial number", layout.file, name),
                  known.empty() ? "add a [[region]] with role = \"application\"" : layouts::suggest(name, known));
}

} // namespace

SerialPlace serial_place(const std::string& text, const Model& layout) {
    const auto colon = text.find(':');
    const auto front = text.substr(0, colon);
    const auto plus = front.find('+');
    const auto& region = application_region(front.substr(0, plus), layout);
    const std::uint32_t offset = plus == std::string::npos ? 0 : parse_number(front.substr(plus + 1), text);
    const std::uint32_t size =
        colon == std::string::npos ? default_serial_bytes : parse_number(text.substr(colon + 1), text);
    const std::uint32_t unit = program_unit(region, layout);
    if (size < 2 || size > 256)
        throw Failure(fmt::format("a serial number of {} bytes: 2 to 256 are possible", size),
                      "one of them is the zero at its end");
    if (offset % unit != 0 || size % unit != 0)
        throw Failure(fmt::format("the serial number at {} doesn't lie on whole program units of {}", text,
                                  layouts::to_string(region.memory)),
                      fmt::format("make offset and size multiples of {}", unit));
    if (std::uint64_t{offset} + size > region.size)
        throw Failure(fmt::format("the serial number at {} leaves the region, which has {} bytes", text, region.size));
    return {region.name, std::uint64_t{region.address} + offset, size};
}

std::string objection_to_serial(const std::string& serial, std::uint32_t size) {
    if (serial.empty()) return "is empty";
    if (serial.size() >= size)
        return fmt::format("'{}' has {} characters, there is room for {}", serial, serial.size(), size - 1);
    const bool printable = std::all_of(serial.begin(), serial.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!printable) return fmt::format("'{}' has characters that aren't printable ASCII", serial);
    if (serial.front() == ' ' || serial.back() == ' ') return fmt::format("'{}' begins or ends with a space", serial);
    return {};
}

Piece serial_piece(const std::string& serial, const SerialPlace& place) {
    const auto objection = objection_to_serial(serial, place.size);
    if (!objection.empty()) throw Failure("the serial number " + objection);
    ByteVector bytes(serial.begin(), serial.end());
    bytes.resize(place.size, 0);
    return {place.address, std::move(bytes), "serial number"};
}

} // namespace outboot::tool

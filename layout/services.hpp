// The services a bootloader can offer applications, by the names layout files use, and the entries of the service table
// (format/service_table.h) each of them fills.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outboot::layouts {

struct Service {
    std::string_view name;
    std::uint32_t number; // its bit in a set of services
};

// One pointer of the table, in the table's order.
struct ServiceEntry {
    std::string_view function; // the bootloader's symbol
    std::uint32_t service;     // the number it belongs to
};

std::span<const Service> services();
std::span<const ServiceEntry> service_entries();

// Of a set of services. Those without a name here are numbers, "9".
std::vector<std::string> names_of_services(std::uint32_t set);

// The same as text, "sha256, hmac".
std::string describe_services(std::uint32_t set);

// Room that the linker scripts keep for the table: the entries of today and a few more.
inline constexpr std::uint32_t service_table_room = 112;

} // namespace outboot::layouts

// SCI7 as a polled UART, 115200 8N1: the pins of the EK-RA6M4's J23 (P613 TXD7, P614 RXD7).
// R01UH0890 "Serial Communications Interface".
#pragma once

#include <cstdint>
#include <string_view>

namespace example::uart {

// `pclka_mhz`: PCLKA as it is now.
void begin(std::uint32_t pclka_mhz);

void put(char c);
void print(std::string_view text);
void print_number(std::uint32_t value);
void print_hex(std::uint32_t value, int digits);

// A byte within `timeout_ms`, or -1. Feeds the watchdog meanwhile.
int get(std::uint32_t timeout_ms);

// Until the last bit has left: before clocks change or the MCU is reset.
void flush();

} // namespace example::uart

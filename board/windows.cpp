#include "board/windows.hpp"

#include <string_view>

#include <fmt/format.h>

namespace outboot::board {

namespace {

constexpr std::uint32_t page_mask = 0xfff;

// Factory flash: the part number as text at 0x010080F0, a unique id at 0x01008190.
std::uint8_t factory_byte(std::uint32_t offset) {
    constexpr std::string_view part = "R7FA6M4AF3CFP   ", id = "outboot virtual ";
    constexpr std::uint32_t part_at = 0x0f0, id_at = 0x190;
    if (offset - part_at < part.size()) return static_cast<std::uint8_t>(part[offset - part_at]);
    if (offset - id_at < id.size()) return static_cast<std::uint8_t>(id[offset - id_at]);
    return 0xff;
}

template <class F>
std::uint32_t gather(F byte_at, std::uint32_t offset, unsigned size) {
    std::uint32_t v = 0;
    for (unsigned i = 0; i < size; ++i) v |= static_cast<std::uint32_t>(byte_at(offset + i)) << (8 * i);
    return v;
}

} // namespace

std::uint32_t Window::read(std::uint32_t offset, unsigned size) {
    if (read_) return read_(offset, size);
    world_.violation(fmt::format("{} was read at offset 0x{:x}", name_, offset));
    return 0;
}

void Window::write(std::uint32_t offset, unsigned size, std::uint32_t value) {
    if (write_) return write_(offset, size, value);
    world_.violation(fmt::format("0x{:x} was written to the {} at offset 0x{:x}", value, name_, offset));
}

Windows::Windows(World& world, Faci& faci, Qspi& qspi, const OptionMemory& option_memory, Watchdog& iwdt, Watchdog& wdt,
                 std::array<Sci, 10>& sci)
    : faci_commands(world, "flash command area", {},
                    [&](std::uint32_t offset, unsigned size, std::uint32_t value) {
                        if (offset == 0) return faci.command(size, value);
                        world.violation(fmt::format("flash command 0x{:x} written to offset 0x{:x} of the command area",
                                                    value, offset));
                    }),
      data_flash(world, "data flash",
                 [&](std::uint32_t offset, unsigned size) { return faci.read_data_flash(offset, size); }, {}),
      external(world, "external window",
               [&](std::uint32_t offset, unsigned size) { return qspi.read_window(offset, size); }, {}),
      options(world, "option-setting memory",
              [&](std::uint32_t offset, unsigned size) {
                  constexpr std::uint32_t first = OptionMemory::base & page_mask;
                  if (faci.code_pe_mode()) world.violation("option-setting memory was read in code-flash P/E mode");
                  return gather(
                      [&](std::uint32_t at) {
                          return at - first < OptionMemory::size ? option_memory.bytes()[at - first] : 0xff;
                      },
                      offset, size);
              },
              {}),
      factory(world, "factory flash",
              [](std::uint32_t offset, unsigned size) { return gather(factory_byte, offset, size); }, {}),
      timers(
          world, "timer page",
          [&](std::uint32_t offset, unsigned size) -> std::uint32_t {
              const std::uint32_t within = offset & 0x1ff;
              if (offset < 0x200) return 0; // RTC
              return (offset < 0x400 ? iwdt : wdt).read(within, size);
          },
          [&](std::uint32_t offset, unsigned size, std::uint32_t value) {
              const std::uint32_t within = offset & 0x1ff;
              if (offset < 0x200) return; // RTC
              (offset < 0x400 ? iwdt : wdt).write(within, size, value);
          }),
      uarts(
          world, "SCI page",
          [&](std::uint32_t offset, unsigned size) -> std::uint32_t {
              return offset / 0x100 < sci.size() ? sci[offset / 0x100].read(offset % 0x100, size) : 0;
          },
          [&](std::uint32_t offset, unsigned size, std::uint32_t value) {
              if (offset / 0x100 < sci.size()) sci[offset / 0x100].write(offset % 0x100, size, value);
          }),
      trace(
          world, "trace registers",
          [&](std::uint32_t offset, unsigned) -> std::uint32_t { // DWT_CTRL (cycle counter on), DWT_CYCCNT
              constexpr std::uint32_t control = 0, cycle_count = 4;
              if (offset == cycle_count) return static_cast<std::uint32_t>(world.now() / cycles(1, world.clocks.iclk));
              return offset == control ? 1 : 0;
          },
          [](std::uint32_t, unsigned, std::uint32_t) {}) {}

} // namespace outboot::board

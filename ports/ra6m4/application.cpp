#include "ports/ra6m4/application.hpp"

#include <utility>

#include "ports/ra6m4/clock.hpp"
#include "ports/ra6m4/registers.hpp"
#include "ports/ra6m4/watchdog.hpp"

namespace outboot::ra6m4 {

namespace {

// The functions of a FlashAccess for a device type with a driver at `member`.
template <auto member>
struct Adapter;

template <class Device, class Driver, Driver Device::*member>
struct Adapter<member> {
    static Driver& driver(void* context) { return static_cast<Device*>(context)->*member; }

    static bool read(void* context, std::uint32_t at, std::uint8_t* bytes, std::uint32_t count) {
        return driver(context).read(at, {bytes, count});
    }
    static bool erase(void* context, std::uint32_t at, std::uint32_t count) { return driver(context).erase(at, count); }
    static bool program(void* context, std::uint32_t at, const std::uint8_t* bytes, std::uint32_t count) {
        return driver(context).program(at, {bytes, count});
    }
};

} // namespace

void begin_application() {
    watchdogs = Watchdogs::from_option_settings();
    flash_begin(clock_up());
}

void reset_mcu() {
    reg32(aircr) = 0x05FA0004;
    for (;;) {
    }
}

FlashAccess Devices::external() {
    using Access = Adapter<&External::nor>;
    return {.context = &external_,
            .read = Access::read,
            .erase = Access::erase,
            .program = Access::program,
            .lock =
                [](void* context) {
                    auto& device = *static_cast<External*>(context);
                    if (device.locked) return false;
                    device.open = device.open || device.nor.open();
                    device.locked = device.open;
                    return device.locked;
                },
            .unlock =
                [](void* context) {
                    auto& device = *static_cast<External*>(context);
                    device.nor.map();
                    device.locked = false;
                }};
}

FlashAccess Devices::data_flash() {
    using Access = Adapter<&Data::flash>;
    return {.context = &data_,
            .read = Access::read,
            .erase = Access::erase,
            .program = Access::program,
            .lock =
                [](void* context) {
                    auto& device = *static_cast<Data*>(context);
                    return !std::exchange(device.locked, true);
                },
            .unlock = [](void* context) { static_cast<Data*>(context)->locked = false; }};
}

} // namespace outboot::ra6m4

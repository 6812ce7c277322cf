#include "examples/ra6m4/app/parameters.hpp"

#include "examples/ra6m4/app/devices.hpp"
#include "examples/ra6m4/app/text.hpp"
#include "examples/ra6m4/app/uart.hpp"

namespace example::parameters {

namespace {

using uart::print;
using uart::print_number;

constexpr auto own = outboot::own_data_flash_region<outboot::layout, outboot::regions::parameters>();

ParameterStore& store() {
    static ParameterStore store(outboot::FlashRegion(devices.data_flash(), own));
    return store;
}

void show() {
    print("params: brightness ");
    print_number(get().brightness);
    print(", generation ");
    print_number(store().generation());
    print("\n");
}

void begin() {
    if (!store().load()) print("params: the data flash can't be written\n");
    show();
}

void set_brightness(std::string_view text) {
    const auto percent = number(text);
    if (!percent || *percent > 100) return print("set brightness: wants a number from 0 to 100\n");
    Parameters changed = get();
    changed.brightness = *percent;
    print(set(changed) ? "set brightness: ok\n" : "set brightness: the data flash can't be written\n");
}

bool obey(std::string_view line) {
    if (line == "params") {
        show();
    } else if (const auto percent = argument(line, "set brightness")) {
        set_brightness(*percent);
    } else {
        return false;
    }
    return true;
}

} // namespace

const Parameters& get() {
    return store().values();
}

bool set(const Parameters& values) {
    return store().write(values);
}

const Part part{begin, obey, "params, set brightness <percent>"};

} // namespace example::parameters

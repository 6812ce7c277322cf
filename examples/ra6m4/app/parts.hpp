// What the example does besides updating itself: a file system, parameters, ... Each is a part that main.cpp knows by
// this header alone. The bare build (bare.cpp), with which tests look at the bootloader, has none.
#pragma once

#include <span>
#include <string_view>

namespace example {

struct Part {
    void (*begin)();                     // once, before the application is ready; may print lines
    bool (*obey)(std::string_view line); // false: not one of its commands
    std::string_view commands;           // for the list that an unknown command gets
};

std::span<const Part> parts();

// Something happened that the application wants to remember.
void note_event(std::string_view event);

} // namespace example

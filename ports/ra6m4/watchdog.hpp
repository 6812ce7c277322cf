// The watchdogs of the RA6M4, fed only if the option settings start them by themselves: the WDT's first refresh would
// start one that wasn't running, and what the application wants of it is not ours to decide.
#pragma once

#include "ports/ra6m4/registers.hpp"

namespace outboot::ra6m4 {

// OFS0, R01UH0890 "Option-Setting Memory": a 0 in IWDTSTRT (b1) or WDTSTRT (b17) means started by the hardware.
struct Watchdogs {
    bool iwdt = false;
    bool wdt = false;

    static Watchdogs from_option_settings() {
        const std::uint32_t settings = reg32(ofs0);
        return {(settings & 1U << 1) == 0, (settings & 1U << 17) == 0};
    }

    void feed() const;
};

// What the drivers feed while they wait. Set once at start, from the option settings.
inline Watchdogs watchdogs;

} // namespace outboot::ra6m4

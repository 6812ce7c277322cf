// The bootloader for the RA6M4: everything that happens is in core/boot.hpp.
#include "core/boot.hpp"
#include "crypto/compact.hpp"
#include "ports/ra6m4/board.hpp"
#include "ports/ra6m4/clock.hpp"

using namespace outboot;

extern "C" void outboot_main() {
    ra6m4::watchdogs = ra6m4::Watchdogs::from_option_settings();
    ra6m4::flash_begin(ra6m4::clock_up());
    ra6m4::Board board;
    core::Boot<crypto::Compact, ra6m4::Board>(board).run();
}

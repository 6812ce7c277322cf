// The journal alone, by exact branching: every unit of every bank, torn and unsteady in every way that its reader can
// tell apart, under sessions of two writers that are cut anywhere.
//
// The state is a value that no other write ever has: a number for each write of a new state (`t`, by either writer),
// and behind it the moves counted since. A session of the bootloader (`b`) folds it, settles, acts on it, and counts on
// with progress units until a bank has been full once. What was acted on is never forgotten for anything older, nothing
// is seen that was never written, and something is always seen.
#pragma once

#include <string>

#include "explore/outcome.hpp"

namespace outboot::explore {

struct JournalGeometry {
    std::string name;
    std::string about;
    std::uint32_t banks = 0;
    std::uint32_t progress_units = 2; // of a bank; the RA6M4 has 6
    std::uint32_t unit_bytes = 4;
    bool erased_reads_noise = true; // data flash; others read 0xff
    bool records = false;           // each new state comes with a begin-record
    // DESIGN.md, "What the journal can't survive": of the banks whose erase was cut, at most banks - 2 may read valid
    // now and invalid then. False: any number of them.
    bool assumption = true;
    std::uint32_t cuts_in_a_row = 0; // at most, before a session comes to its end; 0: without limit
    Size size = Size::quick;
};

std::vector<JournalGeometry> all_journal_geometries();

Outcome explore(const JournalGeometry& geometry, const Limits& limits = {}, const Report& report = {});

// Tells what each step does; what is wrong in the end, or empty.
std::string replay(const JournalGeometry& geometry, const std::vector<Step>& history, const Tell& tell);

} // namespace outboot::explore

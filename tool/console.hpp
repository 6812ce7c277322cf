// What people see: errors, warnings and notes, all of one shape, on stderr; colours only on a terminal.
#pragma once

#include <string>

#include "layout/diagnostics.hpp"

namespace outboot::tool {

inline constexpr int exit_success = 0;
inline constexpr int exit_failure = 1; // also: refused
inline constexpr int exit_usage = 2;

// "outboot: error: message", then "  hint: hint" unless that is empty.
void print_error(const std::string& message, const std::string& hint = {});
void print_warning(const std::string& message, const std::string& hint = {});
void print_note(const std::string& message);

void print_diagnostics(const layouts::Diagnostics& diagnostics, const std::string& file);

// True if stdout is a terminal that wants colours (NO_COLOR and TERM=dumb are respected).
bool stdout_has_colours();

} // namespace outboot::tool

// The example's file system as a host finds it in a dump of the external chip, read by the real littlefs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tool/primitives.hpp"

namespace outboot::scenario {

struct FileSystemDump {
    std::string
        fault; // it can't be mounted, a file can't be read, a line isn't whole or one is missing; empty: nothing
    std::optional<std::uint32_t> boots;
    std::vector<std::uint32_t> numbers; // of the log's lines, the old file's first
    std::vector<std::string> lines;     // without their checks
};

// `region`: the bytes of the file system's region.
FileSystemDump read_file_system(tool::ByteSpan region);

} // namespace outboot::scenario

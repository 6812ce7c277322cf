// A log in a littlefs file: lines of one size, numbered without a gap, each with a check. When the file is full it
// becomes `log.old`, and a new one begins. Used on the target, and on the host by what looks at a device's file system.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <lfs.h>

namespace example {

// "00000012 boot 00000003 staged 32 KB                    7d41a0c2\n"
class LogLine {
  public:
    static constexpr std::uint32_t bytes = 64;

    LogLine() = default;
    LogLine(std::uint32_t number, std::uint32_t boot, std::string_view event);

    // Whether it is a line, and nothing in it has changed.
    [[nodiscard]] bool intact() const;
    [[nodiscard]] std::uint32_t number() const;
    [[nodiscard]] std::string_view text() const; // without check and line end
    [[nodiscard]] char* data() { return text_; }

  private:
    static constexpr std::uint32_t boot_at = 9;
    static constexpr std::uint32_t event_at = 23;
    static constexpr std::uint32_t check_at = bytes - 9;

    [[nodiscard]] std::uint32_t check() const;

    char text_[bytes]{};
};

class EventLog {
  public:
    static constexpr const char* file_name = "log";
    static constexpr const char* old_name = "log.old";
    static constexpr std::uint32_t lines_in_a_file = 64;

    // Below zero: a littlefs error. `last` says the number of the last line: 0 if there is none.
    static int find_last(lfs_t& files, std::uint32_t& last);
    // Line `number` goes to the end, and is in the flash when this returns.
    static int append(lfs_t& files, const LogLine& line);
    // Lines in the file.
    static int count(lfs_t& files, const char* name);
    static int read(lfs_t& files, const char* name, std::uint32_t index, LogLine& line);
};

} // namespace example

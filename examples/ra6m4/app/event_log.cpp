#include "examples/ra6m4/app/event_log.hpp"

#include <algorithm>
#include <cstring>

#include <lfs_util.h>

#include "examples/ra6m4/app/littlefs_file.hpp"

namespace example {

namespace {

constexpr std::uint32_t number_digits = 8;

void put_number(char* to, std::uint32_t value) {
    for (std::uint32_t i = number_digits; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

} // namespace

LogLine::LogLine(std::uint32_t number, std::uint32_t boot, std::string_view event) {
    std::memset(text_, ' ', bytes);
    put_number(text_, number);
    std::memcpy(text_ + boot_at, "boot ", 5);
    put_number(text_ + boot_at + 5, boot);
    const std::size_t fits = std::min<std::size_t>(event.size(), check_at - 1 - event_at);
    std::transform(event.begin(), event.begin() + fits, text_ + event_at,
                   [](char c) { return c >= ' ' && c <= '~' ? c : '?'; }); // a line stays one
    for (std::uint32_t sum = check(), i = 0; i < 8; ++i, sum <<= 4) text_[check_at + i] = "0123456789abcdef"[sum >> 28];
    text_[bytes - 1] = '\n';
}

std::uint32_t LogLine::check() const {
    return lfs_crc(0xffffffff, text_, check_at);
}

bool LogLine::intact() const {
    const LogLine again(number(), 0, {});
    if (text_[bytes - 1] != '\n' || std::memcmp(text_, again.text_, number_digits) != 0) return false;
    std::uint32_t sum = 0;
    for (std::uint32_t i = check_at; i < bytes - 1; ++i) {
        const char c = text_[i];
        const bool letter = c >= 'a' && c <= 'f';
        if (!letter && !(c >= '0' && c <= '9')) return false;
        sum = sum << 4 | static_cast<std::uint32_t>(letter ? c - 'a' + 10 : c - '0');
    }
    return sum == check();
}

std::uint32_t LogLine::number() const {
    std::uint32_t value = 0;
    for (std::uint32_t i = 0; i < number_digits; ++i) value = value * 10 + static_cast<std::uint32_t>(text_[i] - '0');
    return value;
}

std::string_view LogLine::text() const {
    std::string_view text(text_, check_at);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

int EventLog::count(lfs_t& files, const char* name) {
    LittlefsFile file(files, name, LFS_O_RDONLY);
    if (file.error() == LFS_ERR_NOENT) return 0;
    if (file.error() != LFS_ERR_OK) return file.error();
    const lfs_soff_t size = file.size();
    return size < 0 ? size : size / static_cast<lfs_soff_t>(LogLine::bytes);
}

int EventLog::read(lfs_t& files, const char* name, std::uint32_t index, LogLine& line) {
    LittlefsFile file(files, name, LFS_O_RDONLY);
    if (file.error() != LFS_ERR_OK) return file.error();
    return file.read(static_cast<lfs_soff_t>(index * LogLine::bytes), line.data(), LogLine::bytes);
}

// The file is missing after a cut between the old one's renaming and the new one's beginning.
int EventLog::find_last(lfs_t& files, std::uint32_t& last) {
    last = 0;
    for (const char* const name : {file_name, old_name}) {
        const int lines = count(files, name);
        if (lines < 0) return lines;
        if (lines == 0) continue;
        LogLine line;
        if (const int error = read(files, name, static_cast<std::uint32_t>(lines) - 1, line); error < 0) return error;
        if (!line.intact()) return LFS_ERR_CORRUPT;
        last = line.number();
        return LFS_ERR_OK;
    }
    return LFS_ERR_OK;
}

int EventLog::append(lfs_t& files, const LogLine& line) {
    const int lines = count(files, file_name);
    if (lines < 0) return lines;
    if (lines >= static_cast<int>(lines_in_a_file)) {
        if (const int error = lfs_rename(&files, file_name, old_name); error < 0) return error;
    }
    LittlefsFile file(files, file_name, LFS_O_WRONLY | LFS_O_CREAT | LFS_O_APPEND);
    if (file.error() != LFS_ERR_OK) return file.error();
    LogLine copy = line;
    const int written = file.write(copy.data(), LogLine::bytes);
    const int closed = file.close();
    return written < 0 ? written : closed;
}

} // namespace example

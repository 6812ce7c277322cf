#include "examples/ra6m4/app/files.hpp"

#include "examples/ra6m4/app/devices.hpp"
#include "examples/ra6m4/app/event_log.hpp"
#include "examples/ra6m4/app/littlefs_file.hpp"
#include "examples/ra6m4/app/parameters.hpp"
#include "examples/ra6m4/app/text.hpp"
#include "examples/ra6m4/app/uart.hpp"

namespace example::files {

namespace {

using uart::print;
using uart::print_number;

constexpr const char* counter_name = "boots";
constexpr std::uint32_t lines_shown = 10;

constexpr auto own = outboot::own_external_region<outboot::layout, outboot::regions::files>();

// Everything that littlefs needs, without a heap.
struct System {
    outboot::FlashRegion region{devices.external(), own};
    LittlefsDevice device{region};
    lfs_t files{};
    int error = LFS_ERR_IO; // of mounting, or the last one
    std::uint32_t boots = 0;
    std::uint32_t last_line = 0;
};

System& system() {
    static System system;
    return system;
}

std::string_view text(int error) {
    switch (error) {
    case LFS_ERR_OK:
        return "ok";
    case LFS_ERR_IO:
        return "the external chip doesn't answer, or fails";
    case LFS_ERR_CORRUPT:
        return "damaged; \"format\" makes it anew, empty";
    case LFS_ERR_NOSPC:
        return "full";
    default:
        return "failed";
    }
}

void print_line(const LogLine& line) {
    print("  ");
    print(line.text());
    print("\n");
}

// The file system is made at the first start, and never again by itself: a chip that can't be read today has its
// content tomorrow.
int mount() {
    System& s = system();
    int error = lfs_mount(&s.files, &s.device.config);
    if (error == LFS_ERR_CORRUPT && parameters::get().files_formatted == 0) {
        error = lfs_format(&s.files, &s.device.config);
        if (error == LFS_ERR_OK) error = lfs_mount(&s.files, &s.device.config);
    }
    if (error == LFS_ERR_OK && parameters::get().files_formatted == 0) {
        Parameters formatted = parameters::get();
        formatted.files_formatted = 1;
        (void)parameters::set(formatted);
    }
    return error;
}

// Read, one more, written as a whole.
int count_boot() {
    System& s = system();
    s.boots = 0;
    {
        LittlefsFile file(s.files, counter_name, LFS_O_RDONLY);
        if (file.error() == LFS_ERR_OK && file.size() != 0) { // empty: the first write was cut
            if (const int error = file.read(0, &s.boots, sizeof s.boots); error < 0) return error;
        } else if (file.error() != LFS_ERR_OK && file.error() != LFS_ERR_NOENT) {
            return file.error();
        }
    }
    ++s.boots;
    LittlefsFile file(s.files, counter_name, LFS_O_WRONLY | LFS_O_CREAT | LFS_O_TRUNC);
    if (file.error() != LFS_ERR_OK) return file.error();
    const int written = file.write(&s.boots, sizeof s.boots);
    const int closed = file.close();
    return written < 0 ? written : closed;
}

void start() {
    System& s = system();
    s.error = mount();
    if (s.error == LFS_ERR_OK) s.error = EventLog::find_last(s.files, s.last_line);
    if (s.error == LFS_ERR_OK) s.error = count_boot();
    append("started");
}

void show() {
    System& s = system();
    print("files: ");
    if (s.error != LFS_ERR_OK) {
        print(text(s.error));
        print("\n");
        return;
    }
    print("boot ");
    print_number(s.boots);
    print(", log line ");
    print_number(s.last_line);
    const lfs_ssize_t used = lfs_fs_size(&s.files);
    if (used >= 0) {
        print(", ");
        print_number(static_cast<std::uint32_t>(used) * s.device.config.block_size / 1024);
        print(" of ");
        print_number(s.region.size() / 1024);
        print(" KB used");
    }
    print("\n");
}

void begin() {
    start();
    show();
}

void show_log() {
    System& s = system();
    const int lines = s.error == LFS_ERR_OK ? EventLog::count(s.files, EventLog::file_name) : s.error;
    for (int i = lines > static_cast<int>(lines_shown) ? lines - static_cast<int>(lines_shown) : 0; i < lines; ++i) {
        LogLine line;
        if (EventLog::read(s.files, EventLog::file_name, static_cast<std::uint32_t>(i), line) < 0 || !line.intact()) {
            print("  a line can't be read\n");
        } else {
            print_line(line);
        }
    }
    print("log: ");
    print(lines < 0 ? text(lines) : "end");
    print("\n");
}

void format() {
    System& s = system();
    if (s.error == LFS_ERR_OK) (void)lfs_unmount(&s.files);
    s.error = lfs_format(&s.files, &s.device.config);
    s.last_line = 0;
    if (s.error == LFS_ERR_OK) start();
    print("format: ");
    print(text(s.error));
    print("\n");
}

bool obey(std::string_view line) {
    if (line == "files") {
        show();
    } else if (line == "log") {
        show_log();
    } else if (const auto event = argument(line, "log")) {
        append(*event);
        print("log: ");
        print(text(system().error));
        print("\n");
    } else if (line == "format") {
        format();
    } else {
        return false;
    }
    return true;
}

} // namespace

void append(std::string_view event) {
    System& s = system();
    if (s.error != LFS_ERR_OK) return;
    s.error = EventLog::append(s.files, LogLine(s.last_line + 1, s.boots, event));
    if (s.error == LFS_ERR_OK) ++s.last_line;
}

const Part part{begin, obey, "files, log, log <text>, format"};

} // namespace example::files

#include "tests/scenario/file_system_dump.hpp"

#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include "examples/ra6m4/app/event_log.hpp"
#include "examples/ra6m4/app/littlefs_file.hpp"

namespace outboot::scenario {

namespace {

constexpr std::uint32_t block_bytes = 4096;

// A chip that can only be read.
FlashAccess read_only(tool::ByteSpan& bytes) {
    return {.context = &bytes,
            .read =
                [](void* context, std::uint32_t at, std::uint8_t* to, std::uint32_t count) {
                    std::memcpy(to, static_cast<tool::ByteSpan*>(context)->data() + at, count);
                    return true;
                },
            .erase = [](void*, std::uint32_t, std::uint32_t) { return false; },
            .program = [](void*, std::uint32_t, const std::uint8_t*, std::uint32_t) { return false; }};
}

void require(int result, const char* what) {
    if (result < 0) throw std::runtime_error(fmt::format("{}: littlefs error {}", what, result));
}

class Mounted {
  public:
    explicit Mounted(const FlashRegion& region) : device_(region) {
        require(lfs_mount(&files, &device_.config), "it can't be mounted");
    }
    Mounted(const Mounted&) = delete;
    Mounted& operator=(const Mounted&) = delete;
    ~Mounted() { (void)lfs_unmount(&files); }

    lfs_t files{};

  private:
    example::LittlefsDevice device_;
};

void read_boots(lfs_t& files, FileSystemDump& dump) {
    example::LittlefsFile file(files, "boots", LFS_O_RDONLY);
    if (file.error() == LFS_ERR_NOENT) return;
    require(file.error(), "boots");
    if (file.size() == 0) return; // made, and cut before the first number was in it
    std::uint32_t boots = 0;
    if (file.size() != sizeof boots) throw std::runtime_error("boots: not four bytes");
    require(file.read(0, &boots, sizeof boots), "boots");
    dump.boots = boots;
}

void read_log(lfs_t& files, const char* name, FileSystemDump& dump) {
    example::LittlefsFile file(files, name, LFS_O_RDONLY);
    if (file.error() == LFS_ERR_NOENT) return;
    require(file.error(), name);
    const lfs_soff_t size = file.size();
    constexpr auto line_bytes = static_cast<lfs_soff_t>(example::LogLine::bytes);
    if (size % line_bytes != 0) throw std::runtime_error(fmt::format("{}: half a line, {} bytes", name, size));
    for (lfs_soff_t at = 0; at < size; at += line_bytes) {
        example::LogLine line;
        require(file.read(at, line.data(), example::LogLine::bytes), name);
        if (!line.intact()) throw std::runtime_error(fmt::format("{}: the line at {} has changed", name, at));
        if (!dump.numbers.empty() && line.number() != dump.numbers.back() + 1)
            throw std::runtime_error(fmt::format("{}: line {} behind {}", name, line.number(), dump.numbers.back()));
        dump.numbers.push_back(line.number());
        dump.lines.emplace_back(line.text());
    }
}

} // namespace

FileSystemDump read_file_system(tool::ByteSpan region) {
    FileSystemDump dump;
    const OwnRegion whole{0, static_cast<std::uint32_t>(region.size()), block_bytes, 1};
    const FlashRegion flash(read_only(region), whole);
    try {
        Mounted mounted(flash);
        read_boots(mounted.files, dump);
        read_log(mounted.files, example::EventLog::old_name, dump);
        read_log(mounted.files, example::EventLog::file_name, dump);
    } catch (const std::runtime_error& error) {
        dump.fault = error.what();
    }
    return dump;
}

} // namespace outboot::scenario

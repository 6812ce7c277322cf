// A littlefs file that is open as long as this lives, with its buffer.
#pragma once

#include <lfs.h>

#include "examples/ra6m4/app/littlefs_device.hpp"

namespace example {

class LittlefsFile {
  public:
    // `flags`: as for lfs_file_open. error() says whether it could be opened.
    LittlefsFile(lfs_t& files, const char* name, int flags)
        : files_(files), error_(lfs_file_opencfg(&files, &file_, name, flags, &config_)) {}
    LittlefsFile(const LittlefsFile&) = delete;
    LittlefsFile& operator=(const LittlefsFile&) = delete;
    ~LittlefsFile() {
        if (error_ == LFS_ERR_OK) (void)lfs_file_close(&files_, &file_);
    }

    [[nodiscard]] int error() const { return error_; }

    // Bytes of the file, or an error, below zero.
    [[nodiscard]] lfs_soff_t size() { return lfs_file_size(&files_, &file_); }

    // All of it or an error.
    [[nodiscard]] int read(lfs_soff_t at, void* bytes, lfs_size_t count) {
        const lfs_soff_t there = lfs_file_seek(&files_, &file_, at, LFS_SEEK_SET);
        if (there < 0) return there;
        return whole(lfs_file_read(&files_, &file_, bytes, count), count);
    }
    [[nodiscard]] int write(const void* bytes, lfs_size_t count) {
        return whole(lfs_file_write(&files_, &file_, bytes, count), count);
    }

    // What was written counts from here on, all of it. Not closed like this, the file stays as it was.
    [[nodiscard]] int close() {
        const int closed = lfs_file_close(&files_, &file_);
        error_ = LFS_ERR_BADF;
        return closed;
    }

  private:
    static int whole(lfs_ssize_t done, lfs_size_t count) {
        if (done < 0) return done;
        return static_cast<lfs_size_t>(done) == count ? LFS_ERR_OK : LFS_ERR_IO;
    }

    lfs_t& files_;
    lfs_file_t file_{};
    alignas(4) std::uint8_t buffer_[littlefs_page_bytes];
    lfs_file_config config_{.buffer = buffer_, .attrs = nullptr, .attr_count = 0};
    int error_; // last: opening uses what stands above
};

} // namespace example

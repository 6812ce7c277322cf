// A file in memory with a path, for what reads files. A refusal is what a parser may do; anything else is a finding.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "tool/failure.hpp"

namespace outboot::fuzz {

class MemoryFile {
  public:
    MemoryFile(const std::uint8_t* data, std::size_t size) : descriptor_(memfd_create("fuzz", 0)) {
        if (descriptor_ < 0 || write(descriptor_, data, size) != static_cast<ssize_t>(size)) std::abort();
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { close(descriptor_); }

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

template <class Parse>
int expect_result_or_refusal(const Parse& parse) {
    try {
        parse();
    } catch (const tool::Failure&) {
        return 0;
    }
    return 0;
}

} // namespace outboot::fuzz

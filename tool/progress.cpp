#include "tool/progress.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace outboot::tool {
namespace {

constexpr auto patience = std::chrono::milliseconds(300);
constexpr auto interval = std::chrono::milliseconds(100);

} // namespace

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), on_terminal_(isatty(STDERR_FILENO) == 1), next_(Clock::now() + patience) {}

Progress::~Progress() {
    if (!shown_) return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
}

void Progress::at(std::uint64_t done) {
    const auto now = Clock::now();
    if (!on_terminal_ || total_ == 0 || now < next_) return;
    next_ = now + interval;
    shown_ = true;
    fmt::print(stderr, "\r\033[K{}: {} %", what_, 100 * done / total_);
    std::fflush(stderr);
}

} // namespace outboot::tool

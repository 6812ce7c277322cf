#include "board/uart_link.hpp"

#include <algorithm>
#include <array>

#include <poll.h>
#include <time.h>
#include <unistd.h>

namespace outboot::board {

namespace {
constexpr unsigned looks_before_waiting = 16;              // an empty look between two bytes isn't waiting yet
constexpr unsigned looks_before_asking = 200;              // then the firmware is said to want input
constexpr Picoseconds unattached_step = 100 * microsecond; // virtual time passes quickly when nobody can answer
constexpr Picoseconds shortest_sleep = 1 * millisecond;
} // namespace

void UartLink::received(std::uint8_t byte) {
    waits_.clear();
    if (on_text) on_text(static_cast<char>(byte));
    // What nobody listens to is lost, as on a serial line.
    pollfd p{.fd = out_, .events = POLLOUT, .revents = 0};
    if (out_ < 0 || ::poll(&p, 1, 0) <= 0 || (p.revents & POLLOUT) == 0 || (p.revents & POLLHUP) != 0) return;
    [[maybe_unused]] const ssize_t n = ::write(out_, &byte, 1);
}

bool UartLink::has_byte() {
    if (queue_.empty() && in_ >= 0) fill_from_descriptor(0);
    return !queue_.empty();
}

std::uint8_t UartLink::take_byte() {
    waits_.clear();
    const std::uint8_t b = queue_.front();
    queue_.pop_front();
    return b;
}

bool UartLink::fill_from_descriptor(Picoseconds patience) {
    const timespec wait{.tv_sec = 0, .tv_nsec = static_cast<long>(std::min(patience, second - 1) / nanosecond)};
    pollfd p{.fd = in_, .events = POLLIN, .revents = 0};
    if (::ppoll(&p, 1, &wait, nullptr) <= 0) return false;
    std::array<std::uint8_t, 4096> buffer;
    const ssize_t n = ::read(in_, buffer.data(), buffer.size());
    if (n > 0) queue_.insert(queue_.end(), buffer.begin(), buffer.begin() + n);
    if (n == 0) in_ = -1;                   // end of the input
    if (n < 0) ::nanosleep(&wait, nullptr); // a pseudo-terminal that no program has open
    return n > 0;
}

void UartLink::firmware_waits() {
    const unsigned looks = waits_.look(world_.instructions);
    if (looks == 1) {
        real_origin_ = std::chrono::steady_clock::now();
        virtual_origin_ = world_.now();
    }
    if (looks == looks_before_asking && on_input_wanted) on_input_wanted();
    if (looks < looks_before_waiting) return;
    if (in_ >= 0) return keep_to_real_time();
    world_.skip_to(std::min(world_.now() + unattached_step, next_timer_event()));
}

// While the firmware waits for a human or a program, a virtual second is a real one.
void UartLink::keep_to_real_time() {
    const auto real = [&] {
        const auto ns =
            std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - real_origin_);
        return static_cast<Picoseconds>(ns.count()) * nanosecond;
    };
    const Picoseconds waited = world_.now() - virtual_origin_, real_waited = real();
    if (waited >= real_waited && fill_from_descriptor(std::max(waited - real_waited, shortest_sleep))) return;
    world_.skip_to(std::min(virtual_origin_ + real(), next_timer_event()));
}

} // namespace outboot::board

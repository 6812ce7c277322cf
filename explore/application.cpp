#include "explore/application.hpp"

#include <algorithm>

namespace outboot::explore {

bool Application::stage(Bytes image) {
    if (!may_stage()) return false;
    constexpr std::uint32_t page = 256;
    const std::uint32_t base = board_.layout().secondary.base;
    const std::uint32_t block = board_.layout().external_erase_block;
    const auto size = static_cast<std::uint32_t>(image.size());
    if (!board_.external.open() || !board_.external.erase(base, (size + block - 1) / block * block)) return false;
    for (std::uint32_t at = 0; at < size; at += page) {
        if (!board_.external.program(base + at, image.subspan(at, std::min(page, size - at)))) return false;
    }
    return true;
}

bool Application::request(core::Request request) {
    core::State next = state();
    next.request = request;
    next.looking = 0;
    return journal_.write(next);
}

bool Application::confirm() {
    if (state().phase != core::Phase::on_trial) return false;
    core::State next = state();
    next.flags |= core::flag_confirmed;
    return journal_.write(next);
}

} // namespace outboot::explore

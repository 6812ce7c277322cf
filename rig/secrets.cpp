#include "rig/secrets.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

#include <fmt/format.h>

namespace outboot::rig {

namespace {

constexpr std::size_t filter_bits = std::size_t{1} << 26;

auto content = [](const auto& window) { return std::tie(window.low, window.high); };
auto by_content = [](const auto& a, const auto& b) { return content(a) < content(b); };

} // namespace

Secrets::Window Secrets::window_at(const std::uint8_t* bytes) {
    Window window{};
    std::memcpy(&window.low, bytes, 8);
    std::memcpy(&window.high, bytes + 8, 8);
    return window;
}

std::size_t Secrets::filter_index(const Window& window) {
    return ((window.low ^ window.high * 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9) >> 38;
}

void Secrets::add(const std::string& name, std::span<const std::uint8_t> secret) {
    const auto number = static_cast<std::uint32_t>(names_.size());
    names_.push_back(name);
    std::vector<Window> own;
    for (std::size_t at = 0; at + window_bytes <= secret.size(); ++at) {
        own.push_back(window_at(&secret[at]));
        own.back().secret = number;
        own.back().offset = static_cast<std::uint32_t>(at);
    }
    std::sort(own.begin(), own.end(), by_content);
    for (auto it = own.begin(); it != own.end();) {
        const auto next = std::upper_bound(it, own.end(), *it, by_content);
        if (next - it == 1) windows_.push_back(*it);
        it = next;
    }
    filter_.clear();
}

void Secrets::add_key(const std::string& name, std::span<const std::uint8_t> key) {
    add(name, key);
    const std::vector<std::uint8_t> reversed(key.rbegin(), key.rend());
    add(name + ", reversed", reversed);
}

void Secrets::prepare() const {
    if (!filter_.empty()) return;
    std::sort(windows_.begin(), windows_.end(), by_content);
    filter_.resize(filter_bits);
    for (const Window& window : windows_) filter_[filter_index(window)] = true;
}

std::optional<std::string> Secrets::search(std::span<const std::uint8_t> bytes) const {
    prepare();
    for (std::size_t at = 0; at + window_bytes <= bytes.size(); ++at) {
        const Window window = window_at(&bytes[at]);
        if (!filter_[filter_index(window)]) continue;
        const auto found = std::lower_bound(windows_.begin(), windows_.end(), window, by_content);
        if (found != windows_.end() && content(*found) == content(window))
            return fmt::format("{}, byte {}, stands at byte {}", names_[found->secret], found->offset, at);
    }
    return {};
}

std::optional<std::string> Secrets::search(const std::vector<board::BusWrite>& writes) const {
    std::vector<std::uint8_t> joined;
    for (std::size_t i = 0; i < writes.size(); ++i) {
        const auto& [address, bytes] = writes[i];
        joined.insert(joined.end(), bytes.begin(), bytes.end());
        const bool goes_on =
            i + 1 < writes.size() && address != UINT32_MAX && writes[i + 1].address == address + bytes.size();
        if (goes_on) continue;
        if (const auto found = search(joined))
            return fmt::format("{} of {} bytes written up to 0x{:06x}", *found, joined.size(), address + bytes.size());
        joined.clear();
    }
    return {};
}

} // namespace outboot::rig

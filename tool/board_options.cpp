#include "tool/board_options.hpp"

#include <charconv>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace outboot::tool {
namespace {

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t colon; (colon = text.find(':', from)) != std::string::npos; from = colon + 1)
        parts.push_back(text.substr(from, colon - from));
    parts.push_back(text.substr(from));
    return parts;
}

[[noreturn]] void refuse(const std::string& option, const std::string& text, const std::string& form) {
    throw CLI::ValidationError(option, fmt::format("'{}' is not of the form {}", text, form));
}

template <class T>
std::optional<T> number(const std::string& text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

} // namespace

board::Picoseconds parse_duration(const std::string& text) {
    const auto unit_at = text.find_first_not_of("0123456789.");
    const std::string unit = unit_at == std::string::npos ? "" : text.substr(unit_at);
    const auto amount = number<double>(text.substr(0, unit_at));
    const std::pair<const char*, board::Picoseconds> units[] = {
        {"us", board::microsecond}, {"ms", board::millisecond}, {"s", board::second}, {"min", 60 * board::second}};
    constexpr double most_seconds = 1e6; // picoseconds must fit
    for (const auto& [name, size] : units)
        if (amount && unit == name && *amount * board::in_seconds(size) <= most_seconds)
            return static_cast<board::Picoseconds>(*amount * static_cast<double>(size));
    refuse("--time", text, "10s, 250ms or 2min (at most 1000000s)");
}

CutOption parse_cut(const std::string& text) {
    static constexpr char form[] =
        "N[:before|inside|after][:code|data|external][:erase|program], for example 17:inside";
    const auto parts = split(text);
    const auto n = number<std::uint64_t>(parts[0]);
    if (!n) refuse("--cut", text, form);
    CutOption cut{.number = *n};
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string& p = parts[i];
        if (p == "before")
            cut.moment = board::Moment::before;
        else if (p == "inside")
            cut.moment = board::Moment::inside;
        else if (p == "after")
            cut.moment = board::Moment::after;
        else if (p == "code")
            cut.device = board::Device::code_flash;
        else if (p == "data")
            cut.device = board::Device::data_flash;
        else if (p == "external")
            cut.device = board::Device::external;
        else if (p == "erase")
            cut.kind = board::Kind::erase;
        else if (p == "program")
            cut.kind = board::Kind::program;
        else
            refuse("--cut", text, form);
    }
    return cut;
}

RandomCuts parse_random_cuts(const std::string& text) {
    static constexpr char form[] = "SEED:COUNT or SEED:COUNT:PROBABILITY, for example 7:3:0.01";
    const auto parts = split(text);
    const auto seed = number<std::uint64_t>(parts[0]);
    const auto count = parts.size() > 1 ? number<unsigned>(parts[1]) : std::nullopt;
    const auto chance = parts.size() > 2 ? number<double>(parts[2]) : RandomCuts{}.per_operation;
    if (!seed || !count || !chance || *chance <= 0 || *chance > 1 || parts.size() > 3)
        refuse("--cut-random", text, form);
    return {*seed, *count, *chance};
}

} // namespace outboot::tool

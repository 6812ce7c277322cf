#include "explore/campaign.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "explore/explorer.hpp"
#include "explore/journal_explorer.hpp"
#include "explore/walk.hpp"

namespace outboot::explore {
namespace {

template <class T>
const T* by_name(const std::vector<T>& all, const std::string& name) {
    const auto found = std::ranges::find(all, name, &T::name);
    return found == all.end() ? nullptr : &*found;
}

const char* plan_name(core::Plan plan) {
    return plan == core::Plan::offset ? "offset" : plan == core::Plan::scratch ? "scratch" : "overwrite";
}

std::pair<std::string, std::vector<Step>> split(const std::string& line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) throw std::invalid_argument("a history is `GEOMETRY:STEP,STEP,…`");
    return {line.substr(0, colon), parse_history(line.substr(colon + 1))};
}

// Calls `use` with the geometry of that name, of whichever kind.
template <class Use>
auto with_geometry(const std::string& name, Use use) {
    const auto devices = all_geometries();
    if (const auto* geometry = by_name(devices, name)) return use(*geometry);
    const auto journals = all_journal_geometries();
    if (const auto* geometry = by_name(journals, name)) return use(*geometry);
    throw std::invalid_argument(fmt::format("there is no geometry `{}`", name));
}

} // namespace

std::vector<Campaign> all_campaigns() {
    std::vector<Campaign> all;
    for (const auto& g : all_geometries()) all.push_back({g.name, g.about, plan_name(g.layout.plan), g.size});
    for (const auto& g : all_journal_geometries()) all.push_back({g.name, g.about, "journal", g.size});
    return all;
}

Outcome run_campaign(const std::string& name, std::uint64_t seed, const Limits& limits, const Report& report) {
    const auto campaigns = all_campaigns();
    const auto* campaign = by_name(campaigns, name);
    if (campaign != nullptr && campaign->size == Size::walk) return walk_campaign(name, seed, limits, report);
    return with_geometry(name, [&](const auto& geometry) { return explore(geometry, limits, report); });
}

Outcome walk_campaign(const std::string& name, std::uint64_t seed, const Limits& limits, const Report& report) {
    const auto devices = all_geometries();
    const auto* geometry = by_name(devices, name);
    if (geometry == nullptr) throw std::invalid_argument(fmt::format("`{}` can't be walked through", name));
    return walk(*geometry, seed, limits, report);
}

std::string replay_line(const std::string& line, const Tell& tell) {
    const auto [name, history] = split(line);
    return with_geometry(name, [&](const auto& geometry) { return replay(geometry, history, tell); });
}

std::pair<Geometry, std::vector<Step>> device_history(const std::string& line) {
    auto [name, history] = split(line);
    const auto devices = all_geometries();
    const auto* geometry = by_name(devices, name);
    if (geometry == nullptr) throw std::invalid_argument(fmt::format("there is no geometry `{}` of a device", name));
    return {*geometry, std::move(history)};
}

Picture picture_of_line(const std::string& line) {
    const auto [name, history] = split(line);
    const auto devices = all_geometries();
    const auto* geometry = by_name(devices, name);
    return geometry == nullptr ? Picture{} : picture_of(*geometry, history);
}

} // namespace outboot::explore

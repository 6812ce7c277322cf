#include "explore/cut_points.hpp"

#include <algorithm>

#include "explore/explorer.hpp"

namespace outboot::explore {
namespace {

struct Touched {
    Chip chip;
    bool is_erase;
    std::uint32_t at;
    std::uint32_t bytes; // of a program
};

bool touches(const Touched& operation, const CutPoint& point) {
    if (operation.chip != point.chip || operation.is_erase != point.is_erase) return false;
    if (operation.is_erase) return operation.at == point.at;
    return operation.at <= point.at && point.at - operation.at < operation.bytes;
}

// The operation that is cut is the last one of the step.
std::optional<CutPoint> point_of(const Step& step, const std::vector<Touched>& operations) {
    const bool is_cut = step.operation != 0 && step.operation == operations.size();
    if (!is_cut) return {};
    const Touched& last = operations.back();
    CutPoint point{.chip = last.chip,
                   .is_erase = last.is_erase,
                   .at = last.at,
                   .cut = step.cut == Cut::after ? Cut::after : Cut::inside};
    if (!last.is_erase) point.at += point.cut == Cut::after ? last.bytes - 1 : last.bytes / 2;
    point.earlier = static_cast<std::uint32_t>(std::ranges::count_if(
                        operations, [&](const Touched& operation) { return touches(operation, point); })) -
                    1;
    return point;
}

} // namespace

std::vector<std::optional<CutPoint>> cut_points(const Geometry& geometry, const std::vector<Step>& history) {
    std::vector<std::optional<CutPoint>> points;
    std::vector<Touched> operations;
    const auto after_step = [&](const Scene&, const Device&) {
        points.push_back(point_of(history[points.size()], operations));
        operations.clear();
    };
    const auto on_operation = [&](const Operation& operation) {
        operations.push_back(
            {operation.chip, operation.is_erase, operation.at, static_cast<std::uint32_t>(operation.data.size())});
    };
    (void)replay(
        geometry, history, [](const std::string&, bool) {}, after_step, on_operation);
    points.resize(history.size()); // what a history does after its violation isn't known
    return points;
}

} // namespace outboot::explore

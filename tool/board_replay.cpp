#include "tool/board_replay.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "explore/campaign.hpp"
#include "rig/replay.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

std::pair<explore::Geometry, std::vector<explore::Step>> take_apart(const std::string& line,
                                                                    const core::Layout& layout) {
    try {
        auto history = explore::device_history(line);
        (void)rig::scale_of(history.first, layout);
        return history;
    } catch (const std::invalid_argument& error) {
        throw Failure(error.what(), "take a line of one of outboot explore's geometries `*-2-board`");
    }
}

void print_json(const rig::Replayed& replayed, const std::vector<std::string>& story) {
    const nlohmann::ordered_json json{{"wrong", replayed.wrong},
                                      {"boots", replayed.boots},
                                      {"cuts", replayed.cuts},
                                      {"missed", replayed.missed},
                                      {"story", story}};
    fmt::print("{}\n", json.dump(2));
}

} // namespace

int replay_on_board(const BoardOptions& o) {
    const auto product = rig::Product::load(o.replay_layout, o.replay_programs);
    const auto [geometry, history] = take_apart(o.replay, product.layout.core);
    std::vector<std::string> story;
    const auto replayed = rig::replay(product, geometry, history, o.seed, [&](const std::string& line, bool passing) {
        if (passing) return;
        if (!o.json) fmt::print("{}\n", line);
        story.push_back(line);
    });
    if (o.json) {
        print_json(replayed, story);
    } else if (replayed.wrong.empty()) {
        fmt::print("nothing is wrong in the end (boots: {}, cuts: {}, places not come to: {})\n", replayed.boots,
                   replayed.cuts, replayed.missed);
    } else {
        fmt::print("in the end: {}\n", replayed.wrong);
    }
    return replayed.wrong.empty() ? exit_success : exit_failure;
}

} // namespace outboot::tool

// A history: what happened to a device since the factory, step by step. One line of text holds it and replays it:
//
//     offset-2:s1,t,b@17i,b.01@3a,b
//
// after the geometry's name, each step: `b` the device is switched on, `s1` the application stages image 1, `t` and `p`
// it asks for a test or a permanent installation, `c` it confirms, `o` it is switched off. `.012`: what was chosen each
// time a torn unit was read (0 noise, 1 as written, 2 erased). `@17i`, `@17a`: the supply went inside or after the 17th
// operation of this step, counted from 1; `@17d`: inside an erase, and the block reads as noise from now on; `@0`:
// before the first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explore/flash.hpp"

namespace outboot::explore {

enum class Actor : std::uint8_t { boot, stage, request_test, request_permanent, confirm, off };
enum class Cut : std::uint8_t {
    none,
    before,
    inside,
    dead,
    after
}; // dead: inside, and nothing there is ever read again

struct Step {
    Actor actor = Actor::boot;
    std::uint8_t image = 0; // of stage
    Cut cut = Cut::none;
    std::uint16_t operation = 0;
    std::vector<std::uint8_t> choices{};
};

std::string headline(const Step& step); // what it is, in words, without its cut
std::string to_text(const Step& step);
std::string to_text(const std::string& geometry, const std::vector<Step>& history);
// Throws std::invalid_argument, with the place, for a line that isn't one.
std::vector<Step> parse_history(const std::string& steps);

// Takes one path through all choices after another.
class Paths : public Chooser {
  public:
    Paths() = default;
    explicit Paths(const std::vector<std::uint8_t>& fixed) {
        for (const auto choice : fixed) path_.push_back({choice, 0});
    }

    std::uint32_t choose(std::uint32_t count) override {
        if (depth_ == path_.size()) path_.push_back({0, static_cast<std::uint8_t>(count)});
        path_[depth_].of = static_cast<std::uint8_t>(count);
        return path_[depth_++].taken;
    }

    void begin() { depth_ = 0; }

    // The next path; false if all were taken.
    bool next() {
        path_.resize(depth_); // choices that were not come to are not part of this path
        while (!path_.empty() && path_.back().taken + 1 >= path_.back().of) path_.pop_back();
        if (path_.empty()) return false;
        ++path_.back().taken;
        return true;
    }

    [[nodiscard]] std::vector<std::uint8_t> taken() const {
        std::vector<std::uint8_t> choices;
        for (std::size_t i = 0; i < depth_; ++i) choices.push_back(path_[i].taken);
        return choices;
    }

  private:
    struct Choice {
        std::uint8_t taken;
        std::uint8_t of;
    };
    std::vector<Choice> path_;
    std::size_t depth_ = 0;
};

} // namespace outboot::explore

// Breadth-first search over states, with the history that led to each. What a state is and what can happen to it is the
// user's: a State is a value, `found` is called with each that may be new.
#pragma once

#include <chrono>
#include <deque>
#include <unordered_set>

#include "explore/outcome.hpp"
#include "explore/state_key.hpp"

namespace outboot::explore {

template <class State>
class Search {
  public:
    Search(const Limits& limits, const Report& report) : limits_(limits), report_(report) {}

    // `explore(state)` is called once for each state, and calls found() and wrong() for what can come of it.
    template <class Explore>
    Outcome run(const Key& key, State start, Explore explore) {
        nodes_.push_back({0, {}});
        found(key, std::move(start), {});
        while (!pending_.empty() && !violation_ && within_limits()) {
            const Pending from = std::move(pending_.front());
            pending_.pop_front();
            from_ = from.node;
            explore(from.state);
        }
        measure();
        return {.progress = progress_, .complete = pending_.empty() && !violation_, .violation = violation_};
    }

    template <class S>
    void found(const Key& key, S&& state, const Step& step) {
        ++progress_.edges;
        if (!visited_.insert(key).second) return;
        ++progress_.states;
        nodes_.push_back({from_, step});
        pending_.push_back({std::forward<S>(state), static_cast<std::uint32_t>(nodes_.size() - 1)});
    }

    void wrong(const std::string& what, const Step& step) {
        if (violation_) return;
        std::vector<Step> history{step};
        for (std::uint32_t node = from_; node > 1; node = nodes_[node].parent) {
            history.insert(history.begin(), nodes_[node].step);
        }
        violation_ = Violation{what, std::move(history)};
    }

    [[nodiscard]] bool failed() const { return violation_.has_value(); }
    void count_run() { ++progress_.runs; }

  private:
    struct Node {
        std::uint32_t parent;
        Step step;
    };
    struct Pending {
        State state;
        std::uint32_t node;
    };
    using Clock = std::chrono::steady_clock;

    void measure() {
        progress_.waiting = pending_.size();
        progress_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    }

    bool within_limits() {
        if (++rounds_ % 256 == 0) {
            measure();
            if (report_) report_(progress_);
        }
        return progress_.states < limits_.states && progress_.seconds < limits_.seconds;
    }

    Limits limits_;
    const Report& report_;
    Clock::time_point start_ = Clock::now();
    Progress progress_;
    std::uint64_t rounds_ = 0;
    std::deque<Pending> pending_;
    std::vector<Node> nodes_; // [0] isn't one, [1] is the start
    std::unordered_set<Key, KeyHash> visited_;
    std::optional<Violation> violation_;
    std::uint32_t from_ = 0;
};

} // namespace outboot::explore

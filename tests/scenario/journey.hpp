// An update or a way back that is cut off again and again, from the same beginning as often as wanted.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "board/random.hpp"
#include "rig/device.hpp"
#include "tests/scenario/products.hpp"

namespace outboot::scenario {

using namespace rig;

enum class Direction { in, back };

struct Route {
    Plan plan = Plan::offset;
    Direction direction = Direction::in;
    std::uint32_t old_chunks = 3;
    std::uint32_t new_chunks = 3;

    [[nodiscard]] std::string describe() const;
};

// One flash operation as the board saw it.
struct Step {
    board::Device device;
    board::Kind kind;
};

struct Cut {
    std::uint64_t operation; // of its power session, from 0
    board::Moment moment;
    Step step;
};

class Journey {
  public:
    explicit Journey(const Route& route);

    // Asked before each flash operation of a power session whether the supply fails there, and when.
    using Policy = std::function<std::optional<board::Moment>(std::uint64_t operation, Step step)>;

    // Travels from the beginning to the end. Returns what is wrong at the end, in one line with all cuts; empty if
    // nothing is.
    std::string travel(const Policy& policy);

    // The operations of a travel without cuts.
    std::vector<Step> steps();

    [[nodiscard]] const std::vector<Cut>& cuts() const { return cuts_; }
    // Cuts that must not be exceeded where power cuts are counted by design: three looks at a staged image, three
    // attempts of a trial. False: one more would change the end.
    [[nodiscard]] bool may_cut() const;

  private:
    void go_to_the_beginning();
    [[nodiscard]] std::string judge(const Landing& landing) const;
    [[nodiscard]] std::string history() const;

    Route route_;
    Device device_;
    Image old_, new_;
    board::Contents beginning_;
    std::vector<Cut> cuts_;
    unsigned looks_cut_ = 0;
    unsigned trials_cut_ = 0;
};

// Cuts power at random, `cuts` times in a row: sometimes soon after the last, sometimes late in a move.
Journey::Policy random_cuts(Journey& journey, board::Random& random, unsigned cuts);

// Cuts power once, at this operation of the first session.
Journey::Policy single_cut(std::uint64_t operation, board::Moment moment);

} // namespace outboot::scenario

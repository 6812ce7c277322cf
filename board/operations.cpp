#include "board/operations.hpp"

#include <algorithm>

namespace outboot::board {

void Operations::cut_at(std::uint64_t number, Moment moment, std::optional<Device> device) {
    cuts_.push_back({number, moment, device});
}

void Operations::cut_randomly(std::uint64_t seed, double per_operation, unsigned cuts) {
    random_ = Random(seed);
    chance_ = per_operation;
    random_cuts_left_ = cuts;
}

void Operations::fail_at(Device device, std::uint64_t first, std::uint64_t count) {
    failures_.push_back({device, first, count});
}

void Operations::clear_plans() {
    cuts_.clear();
    failures_.clear();
    random_cuts_left_ = 0;
}

std::uint64_t Operations::total() const {
    std::uint64_t sum = 0;
    for (const DeviceCounts& c : counts_) sum += c.operations();
    return sum;
}

namespace {

Fate fate_of(Moment moment) {
    switch (moment) {
    case Moment::before:
        return Fate::cut_before;
    case Moment::inside:
        return Fate::cut_inside;
    case Moment::after:
        break;
    }
    return Fate::cut_after;
}

} // namespace

Fate Operations::begin(Device device, Kind kind, std::uint32_t bytes, Picoseconds busy) {
    DeviceCounts& own = counts_[static_cast<std::size_t>(device)];
    const std::uint64_t number = total();
    const std::uint64_t own_number = own.operations();

    own.busy += busy;
    switch (kind) {
    case Kind::erase:
        ++own.erases, own.bytes_erased += bytes;
        break;
    case Kind::program:
        ++own.programs, own.bytes_programmed += bytes;
        break;
    case Kind::configure:
        ++own.configurations;
        break;
    }

    const auto due = std::find_if(cuts_.begin(), cuts_.end(), [&](const Cut& c) {
        return c.device ? *c.device == device && c.number == own_number : c.number == number;
    });
    if (due != cuts_.end()) {
        const Fate fate = fate_of(due->moment);
        cuts_.erase(due);
        return fate;
    }
    if (random_cuts_left_ > 0 && random_.chance(chance_)) {
        --random_cuts_left_;
        return fate_of(static_cast<Moment>(random_.below(3)));
    }
    for (const Failure& f : failures_) {
        const bool over = f.count != 0 && own_number >= f.first + f.count;
        if (f.device == device && own_number >= f.first && !over) return Fate::fail;
    }
    return Fate::complete;
}

} // namespace outboot::board

#include "board/operations.hpp"

#include <algorithm>

namespace outboot::board {

void Operations::cut_at(std::uint64_t number, Moment moment, std::optional<Device> device, std::optional<Kind> kind) {
    cuts_.push_back({number, moment, device, kind});
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

std::uint64_t Operations::count(std::optional<Device> device, std::optional<Kind> kind) const {
    std::uint64_t sum = 0;
    for (std::size_t d = 0; d < device_count; ++d) {
        if (device && static_cast<std::size_t>(*device) != d) continue;
        const DeviceCounts& c = counts_[d];
        if (!kind || *kind == Kind::erase) sum += c.erases;
        if (!kind || *kind == Kind::program) sum += c.programs;
        if (!kind || *kind == Kind::configure) sum += c.configurations;
    }
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

Fate Operations::begin(const Operation& operation, Picoseconds busy) {
    if (on_operation) on_operation(operation);
    const Device device = operation.device;
    const Kind kind = operation.kind;
    DeviceCounts& own = counts_[static_cast<std::size_t>(device)];
    const std::uint64_t own_number = own.operations();
    const auto due = std::find_if(cuts_.begin(), cuts_.end(), [&](const Cut& c) {
        const bool concerned = c.device.value_or(device) == device && c.kind.value_or(kind) == kind;
        return concerned && c.number == count(c.device, c.kind);
    });

    own.busy += busy;
    switch (kind) {
    case Kind::erase:
        ++own.erases, own.bytes_erased += operation.bytes;
        break;
    case Kind::program:
        ++own.programs, own.bytes_programmed += operation.bytes;
        break;
    case Kind::configure:
        ++own.configurations;
        break;
    }

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

#include "tests/scenario/journey.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace outboot::scenario {

namespace {

const char* name(board::Moment moment) {
    switch (moment) {
    case board::Moment::before:
        return "before";
    case board::Moment::inside:
        return "inside";
    case board::Moment::after:
        break;
    }
    return "after";
}

const char* name(board::Kind kind) {
    return kind == board::Kind::erase ? "erase" : kind == board::Kind::program ? "program" : "configure";
}

const char* name(Plan plan) {
    return plan == Plan::offset ? "offset" : plan == Plan::scratch ? "scratch" : "overwrite";
}

} // namespace

std::string Route::describe() const {
    return fmt::format("plan {}, {}, {} to {} chunks", name(plan), direction == Direction::in ? "in" : "back",
                       old_chunks, new_chunks);
}

Journey::Journey(const Route& route)
    : route_(route), device_(product_of(route.plan)),
      old_(device_.make({.version = 1, .bytes = image_of_chunks(device_.product, route.old_chunks)})),
      new_(device_.make({.version = 2, .bytes = image_of_chunks(device_.product, route.new_chunks), .counter = 2})),
      beginning_(device_.board.contents()) {
    go_to_the_beginning();
}

// In: an update has been requested. Back: its last attempt is used up.
void Journey::go_to_the_beginning() {
    device_.provision(old_);
    if (!device_.start().ready()) throw std::runtime_error("the factory image doesn't start");
    const std::string request = route_.plan == Plan::overwrite ? "request permanent" : "request test";
    device_.stage(new_.staged);
    if (device_.ask(request) != request + ": ok") throw std::runtime_error("the request isn't taken");
    if (route_.direction == Direction::back) {
        Landing landing = device_.reset();
        while (landing.ready() && landing.record.state.attempts != 0) landing = device_.start();
        if (!landing.ready()) throw std::runtime_error("the trial doesn't run: " + landing.describe());
    }
    device_.board.power_off();
    beginning_ = device_.board.contents();
}

std::string Journey::travel(const Policy& policy) {
    restore(device_, beginning_);
    device_.board.clear_violations();
    cuts_.clear();
    looks_cut_ = trials_cut_ = 0;
    board::Operations& operations = device_.board.operations();
    Landing landing;
    do {
        std::uint64_t number = 0; // in this session
        operations.on_operation = [&](const board::Operation& operation) {
            const Step step{operation.device, operation.kind};
            if (const auto moment = policy(number, step)) {
                cuts_.push_back({number, *moment, step});
                operations.cut_at(operations.total(), *moment);
            }
            ++number;
        };
        landing = device_.start();
        const Phase phase = landing.record.state.phase;
        if (phase == Phase::idle) ++looks_cut_;
        if (phase == Phase::on_trial) ++trials_cut_;
    } while (landing.run.stop == board::Stop::power_cut);
    operations.on_operation = nullptr;
    const std::string fault = judge(landing);
    device_.board.power_off();
    return fault;
}

std::vector<Step> Journey::steps() {
    std::vector<Step> steps;
    const std::string fault = travel([&steps](std::uint64_t, Step step) -> std::optional<board::Moment> {
        steps.push_back(step);
        return {};
    });
    if (!fault.empty()) throw std::runtime_error(fault);
    return steps;
}

bool Journey::may_cut() const {
    if (route_.direction == Direction::back) return true;
    switch (device_.state().phase) {
    case Phase::idle:
        return looks_cut_ < 2;
    case Phase::on_trial:
        return trials_cut_ < 2;
    default:
        return true;
    }
}

std::string Journey::judge(const Landing& landing) const {
    const bool in = route_.direction == Direction::in;
    const Image& expected = in ? new_ : old_;
    const Outcome outcome = !in                              ? Outcome::reverted
                            : route_.plan == Plan::overwrite ? Outcome::installed
                                                             : Outcome::on_trial;
    std::string fault;
    if (!landing.ready())
        fault = "nothing runs: ";
    else if (landing.record.running.major != expected.spec.version || landing.record.state.outcome != outcome)
        fault = "the wrong end: ";
    else if (!device_.primary_holds(expected))
        fault = "the slot doesn't hold the image: ";
    fault += device_.trouble();
    return fault.empty() ? fault
                         : fmt::format("{}{}; {}; cuts: {}", fault, landing.describe(), route_.describe(), history());
}

std::string Journey::history() const {
    std::string text;
    for (const Cut& cut : cuts_)
        text += fmt::format("{}{} {} ({} {})", text.empty() ? "" : ", ", name(cut.moment), cut.operation,
                            board::name(cut.step.device), name(cut.step.kind));
    return text;
}

Journey::Policy random_cuts(Journey& journey, board::Random& random, unsigned cuts) {
    const auto draw = [&random]() -> std::uint64_t {
        constexpr std::uint64_t ranges[] = {10, 60, 200, 500}; // a move is at most 260 operations, a settling 20
        return random.below(ranges[random.below(4)]);
    };
    return [&journey, &random, draw, left = cuts, next = draw()](std::uint64_t operation,
                                                                 Step) mutable -> std::optional<board::Moment> {
        if (left == 0 || operation < next || !journey.may_cut()) return {};
        --left;
        next = draw();
        return static_cast<board::Moment>(random.below(3));
    };
}

Journey::Policy single_cut(std::uint64_t operation, board::Moment moment) {
    return [operation, moment, done = false](std::uint64_t at, Step) mutable -> std::optional<board::Moment> {
        if (done || at != operation) return {};
        done = true;
        return moment;
    };
}

} // namespace outboot::scenario

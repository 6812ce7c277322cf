#include "explore/model.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace outboot::explore {

void Model::staging_begins(std::uint8_t image) {
    slot_ = {.image = image, .before = slot_.image, .in_doubt = true};
    if (request_ != core::Request::none) next_ = slot_; // staged under a request: whatever is whole may be taken
}

void Model::request_begins(core::Request kind) {
    request_ = kind;
    next_ = slot_;
    request_in_doubt_ = true;
    cuts_ = 0;
}

void Model::staging_done() {
    slot_.in_doubt = false;
    if (request_ != core::Request::none) next_ = slot_;
}

void Model::boot_cut() {
    if (least_left_ != 0) --least_left_;
    if (request_ != core::Request::none && cuts_ < looks) ++cuts_;
}

void Model::forget_request() {
    request_ = core::Request::none;
    next_ = {};
    request_in_doubt_ = false;
    cuts_ = 0;
}

bool Model::may_install(std::uint8_t image) const {
    return image != nothing && (image == next_.image || (next_.in_doubt && image == next_.before));
}

void Model::install(std::uint8_t image) {
    if (request_ == core::Request::permanent) {
        base_ = image;
    } else {
        trial_ = image;
        most_left_ = attempts - 1;
        least_left_ = static_cast<std::uint8_t>(std::max(attempts - 1 - cuts_, 0));
    }
    slot_.in_doubt = true; // the plan may have used its place, or a part of it
    forget_request();
}

std::string Model::serve_trial(std::uint8_t image, bool says_on_trial, bool& goes_on) {
    // Whether a confirmation that was cut got through is the device's to say.
    const bool confirmed = confirm_ == Doubt::yes || (confirm_ == Doubt::maybe && image == trial_ && !says_on_trial);
    confirm_ = Doubt::no;
    goes_on = !confirmed && image == trial_;
    if (goes_on) {
        if (!says_on_trial) return "an image that was never confirmed is no longer on trial";
        if (most_left_ == 0) return "a trial goes on with no attempts left";
        --most_left_;
        least_left_ = static_cast<std::uint8_t>(std::max<int>(least_left_, 1) - 1);
        return {};
    }
    if (!confirmed && least_left_ != 0) return "a trial was ended before its attempts were used up";
    if (confirmed) base_ = trial_;
    trial_ = nothing;
    most_left_ = least_left_ = 0;
    return {};
}

std::string Model::started(std::uint8_t image, bool says_on_trial, bool installable) {
    if (trial_ != nothing) {
        bool goes_on = false;
        std::string wrong = serve_trial(image, says_on_trial, goes_on);
        if (goes_on || !wrong.empty()) return wrong;
    }
    if (request_ != core::Request::none) {
        const bool good = installable && next_.image != nothing;
        if (good && may_install(image) && (image != base_ || says_on_trial == (request_ == core::Request::test))) {
            install(image);
            return says_on_trial == (trial_ != nothing) ? "" : "an installed image doesn't know whether it is on trial";
        }
        if (good && !next_.in_doubt && !request_in_doubt_ && cuts_ < looks) return "a good request was not served";
        if (cuts_ >= looks) slot_.in_doubt = true; // tried and reverted, perhaps, without ever having been started
        forget_request();
    }
    if (image != base_) return fmt::format("image {} runs, and the confirmed one is {}", image, base_);
    if (says_on_trial) return "a confirmed image is on trial";
    return {};
}

std::uint64_t Model::key() const {
    std::uint64_t key = base_;
    const auto add = [&key](std::uint64_t field, unsigned bits) { key = key << bits | (field & ((1U << bits) - 1)); };
    add(slot_.image, 4);
    add(slot_.before, 4);
    add(slot_.in_doubt, 1);
    add(static_cast<std::uint64_t>(request_), 2);
    add(next_.image, 4);
    add(next_.before, 4);
    add(next_.in_doubt, 1);
    add(request_in_doubt_, 1);
    add(trial_, 4);
    add(static_cast<std::uint64_t>(confirm_), 2);
    add(cuts_, 2);
    add(most_left_, 2);
    add(least_left_, 2);
    return key;
}

} // namespace outboot::explore

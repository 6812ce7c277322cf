#include "explore/model.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace outboot::explore {

void Model::staging_begins(std::uint8_t image) {
    slot_.images |= bit(image);
    slot_.surely = false;
}

void Model::request_begins(core::Request kind) {
    // Of a write that was cut before, this one may leave behind what it replaces.
    requests_ = static_cast<std::uint8_t>((request_in_doubt_ ? requests_ : 0) | kind_bit(kind));
    request_in_doubt_ = true;
    cuts_ = 0;
}

void Model::boot_cut() {
    if (least_left_ != 0) --least_left_;
    if (request_pending() && cuts_ < looks) ++cuts_;
}

void Model::forget_request() {
    requests_ = 0;
    request_in_doubt_ = false;
    cuts_ = 0;
}

void Model::install(std::uint8_t image, bool permanent) {
    if (permanent) {
        base_ = image;
    } else {
        trial_ = image;
        most_left_ = attempts - 1;
        least_left_ = static_cast<std::uint8_t>(std::max(attempts - 1 - cuts_, 0));
    }
    slot_.surely = false; // the plan may have used its place, or a part of it
    forget_request();
}

std::string Model::serve_trial(std::uint8_t image, bool says_on_trial, bool& goes_on) {
    // Whether a confirmation that was cut got through is the device's to say. An image that was tried over itself looks
    // the same when it is reverted.
    const bool reverted_to_itself = base_ == trial_ && !says_on_trial && least_left_ == 0;
    const bool confirmed = confirm_ == Doubt::yes || (confirm_ == Doubt::maybe && image == trial_ && !says_on_trial);
    confirm_ = Doubt::no;
    goes_on = !confirmed && image == trial_ && !reverted_to_itself;
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

std::string Model::started(std::uint8_t image, bool says_on_trial, std::span<const std::uint8_t> may_follow) {
    if (on_trial()) {
        bool goes_on = false;
        std::string wrong = serve_trial(image, says_on_trial, goes_on);
        if (goes_on || !wrong.empty()) return wrong;
    }
    if (request_pending()) {
        const std::uint8_t installable = may_follow[base_];
        const auto kind = says_on_trial ? core::Request::test : core::Request::permanent;
        const bool served = (requests_ & kind_bit(kind)) != 0;
        const bool installed = (requested() & installable & bit(image)) != 0 && (image != base_ || served);
        if (installed) {
            install(image, served ? !says_on_trial : says_on_trial);
            return says_on_trial == on_trial() ? "" : "an installed image doesn't know whether it is on trial";
        }
        const bool must = slot_.surely && (requested() & ~installable) == 0 && !request_in_doubt_ && cuts_ < looks;
        if (must) return "a good request was not served";
        if (cuts_ >= looks) slot_.surely = false; // tried and reverted, perhaps, without ever having been started
        const bool may_come_back = flips_ && request_in_doubt_; // a cut request, not seen by this boot
        if (!may_come_back) forget_request();
    }
    if (image != base_) return fmt::format("image {} runs, and the confirmed one is {}", image, base_);
    if (says_on_trial) return "a confirmed image is on trial";
    return {};
}

std::uint64_t Model::key() const {
    std::uint64_t key = base_;
    const auto add = [&key](std::uint64_t field, unsigned bits) { key = key << bits | (field & ((1U << bits) - 1)); };
    add(slot_.images, 8);
    add(slot_.surely, 1);
    add(requests_, 2);
    add(request_in_doubt_, 1);
    add(trial_, 4);
    add(static_cast<std::uint64_t>(confirm_), 2);
    add(cuts_, 2);
    add(most_left_, 2);
    add(least_left_, 2);
    return key;
}

} // namespace outboot::explore

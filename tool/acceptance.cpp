#include "tool/acceptance.hpp"

#include "crypto/compact.hpp"
#include "tool/failure.hpp"
#include "tool/provisioning.hpp"
#include "tool/staged_device.hpp"

namespace outboot::tool {
namespace {

using core::Reason;
using crypto::Compact;

struct Verified {
    core::Finding finding;
    core::ImageFacts facts{};
};

Verified verify(StagedDevice& device, core::Place place, std::uint32_t floor) {
    core::Verifier<Compact, StagedDevice> verifier(device);
    Verified result;
    verifier.check(place, floor, result.finding, result.facts);
    return result;
}

// Of an image that comes from elsewhere: the fingerprint is the first thing an authentic image is refused for, so the
// counter, which the core compares after it, is compared here.
Reason without_fingerprint(const Verified& image, std::uint32_t floor) {
    const Reason reason = image.finding.reason;
    const bool only_fingerprint =
        !image.finding.broken() && (reason == Reason::no_fingerprint || reason == Reason::wrong_layout);
    if (!only_fingerprint) return reason;
    return image.facts.counter < floor ? Reason::counter_too_low : Reason::none;
}

void ask_for_installation(StagedDevice& device, const AcceptanceInput& input) {
    core::Journal<Compact::Sha256, StagedDevice::DataFlash> journal(device.data_flash);
    (void)journal.load();
    core::State state;
    state.counter_floor = input.counter_floor;
    state.request = input.request;
    if (!journal.write(state)) throw Failure("the layout's journal can't be written");
}

// Boots until it is decided. A reset or two belong to it: what fails once is looked at again.
Reason decide(StagedDevice& device) {
    for (int boots = 0; boots < 8; ++boots) {
        try {
            core::Boot<Compact, StagedDevice> boot(device);
            boot.run();
        } catch (const BootBegins&) {
            return Reason::none;
        } catch (const BootResets&) {
            continue;
        } catch (const BootStarts&) {
        } catch (const BootGivesUp&) {
        }
        return device.refusal.value_or(Reason::internal_error);
    }
    return Reason::internal_error;
}

} // namespace

Acceptance judge(const AcceptanceInput& input) {
    core::Layout layout = input.layout;
    if (!input.installed) layout.overwrite_broken_primary = true; // an empty slot isn't a broken image
    // A device always trusts somebody: without a key given, somebody else.
    const auto signer = input.signer ? *input.signer : P256Key::generate();
    StagedDevice device(layout, input.key_block ? *input.key_block : key_block({signer}, input.device_key));
    device.put_staged(input.staged);
    Acceptance result;
    std::uint32_t floor = input.counter_floor;
    if (input.installed) {
        device.put_installed(*input.installed);
        const auto found = verify(device, core::Place::primary, floor);
        result.installed = input.fingerprint_matters ? found.finding.reason : without_fingerprint(found, floor);
        if (result.installed == Reason::none) floor = std::max(floor, found.facts.counter);
    }
    if (!input.fingerprint_matters) {
        result.staged = without_fingerprint(verify(device, core::Place::staged, floor), floor);
        return result;
    }
    ask_for_installation(device, input);
    result.staged = decide(device);
    return result;
}

Reason judge_installed(const core::Layout& layout, const ByteVector& key_block, ByteSpan slot,
                       std::uint32_t counter_floor) {
    StagedDevice device(layout, key_block);
    device.put_installed(slot);
    return verify(device, core::Place::primary, counter_floor).finding.reason;
}

} // namespace outboot::tool

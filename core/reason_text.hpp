// Names and meanings of what core/reason.hpp numbers, for people. The bootloader has no use for them and doesn't pay.
#pragma once

#include <string_view>

#include "core/reason.hpp"

namespace outboot::core {

constexpr std::string_view name(Phase phase) {
    switch (phase) {
    case Phase::idle:
        return "idle";
    case Phase::moving:
        return "moving";
    case Phase::on_trial:
        return "on_trial";
    case Phase::restoring:
        return "restoring";
    }
    return "unknown";
}

constexpr std::string_view name(Request request) {
    switch (request) {
    case Request::none:
        return "none";
    case Request::test:
        return "test";
    case Request::permanent:
        return "permanent";
    }
    return "unknown";
}

constexpr std::string_view name(Outcome outcome) {
    switch (outcome) {
    case Outcome::none:
        return "none";
    case Outcome::installed:
        return "installed";
    case Outcome::on_trial:
        return "on_trial";
    case Outcome::refused:
        return "refused";
    case Outcome::abandoned:
        return "abandoned";
    case Outcome::reverted:
        return "reverted";
    case Outcome::nothing_valid:
        return "nothing_valid";
    }
    return "unknown";
}

struct ReasonText {
    std::string_view name;
    std::string_view meaning;
};

constexpr ReasonText text(Reason reason) {
    switch (reason) {
    case Reason::none:
        return {"none", "nothing to report"};
    case Reason::no_image:
        return {"no_image", "there is no image header"};
    case Reason::bad_header:
        return {"bad_header", "the header has sizes or flags this bootloader can't serve"};
    case Reason::bad_tlv:
        return {"bad_tlv", "a TLV leaves its area, or has a forbidden type, order or length"};
    case Reason::too_large:
        return {"too_large", "the image doesn't fit the slot"};
    case Reason::not_encrypted:
        return {"not_encrypted", "the layout demands encryption and the image is in clear"};
    case Reason::bad_encryption:
        return {"bad_encryption", "the image key isn't wrapped for this device"};
    case Reason::bad_hash:
        return {"bad_hash", "the content doesn't match the image's hash"};
    case Reason::unknown_key:
        return {"unknown_key", "signed with a key this device doesn't hold"};
    case Reason::bad_signature:
        return {"bad_signature", "the signature doesn't fit the content"};
    case Reason::wrong_layout:
        return {"wrong_layout", "made for another flash layout (fingerprint differs)"};
    case Reason::no_fingerprint:
        return {"no_fingerprint", "the image doesn't say which layout it is made for"};
    case Reason::counter_too_low:
        return {"counter_too_low", "security counter below the highest confirmed one"};
    case Reason::bad_vector:
        return {"bad_vector", "the reset vector points outside the image"};
    case Reason::needs_newer_table:
        return {"needs_newer_table", "needs services this bootloader doesn't have"};
    case Reason::no_room_for_backup:
        return {"no_room_for_backup", "the running image doesn't fit where its backup goes"};
    case Reason::test_not_revertible:
        return {"test_not_revertible", "a test was requested, but plan overwrite can't revert"};
    case Reason::looking_limit:
        return {"looking_limit", "three boots didn't get through checking the staged image"};
    case Reason::request_on_trial:
        return {"request_on_trial", "an update was requested before the trial was confirmed"};
    case Reason::primary_changed:
        return {"primary_changed", "what was moved isn't what had been verified"};
    case Reason::not_confirmed:
        return {"not_confirmed", "the trial's boots were used up without a confirmation"};
    case Reason::primary_failed:
        return {"primary_failed", "the running image no longer verifies"};
    case Reason::backup_lost:
        return {"backup_lost", "the backup no longer matches its hash"};
    case Reason::chip_missing:
        return {"chip_missing", "the external chip doesn't answer, or isn't the one expected"};
    case Reason::chip_read_failed:
        return {"chip_read_failed", "the external chip went silent while it was read"};
    case Reason::chip_write_failed:
        return {"chip_write_failed", "the external chip can't be erased or programmed"};
    case Reason::flash_failed:
        return {"flash_failed", "internal flash can't be erased or programmed"};
    case Reason::journal_failed:
        return {"journal_failed", "the journal can't be written, or its record is gone"};
    case Reason::no_keys:
        return {"no_keys", "the key block is missing or damaged"};
    case Reason::internal_error:
        return {"internal_error", "a broken invariant of the bootloader"};
    }
    return {"unknown", "a number this version doesn't know"};
}

constexpr std::string_view name(Reason reason) {
    return text(reason).name;
}

} // namespace outboot::core

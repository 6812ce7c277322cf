// What the bootloader would say of a staged image: its own verification and its own decision, on a device in memory.
#pragma once

#include <optional>

#include "core/boot.hpp"
#include "tool/keys.hpp"

namespace outboot::tool {

struct AcceptanceInput {
    core::Layout layout;
    bool fingerprint_matters = true;
    core::Request request = core::Request::test;
    std::uint32_t counter_floor = 0;       // highest counter that the device has confirmed
    std::optional<P256Key> signer{};       // the device trusts
    std::optional<P256Key> device_key{};   // private
    std::optional<ByteVector> key_block{}; // of a real device, in place of the two keys
    std::optional<ByteVector> installed{}; // as it stands in the primary slot, in clear
    ByteVector staged{};                   // as it is staged, at most the secondary slot's size
};

struct Acceptance {
    core::Reason staged = core::Reason::none;             // none: it would be installed
    std::optional<core::Reason> installed = std::nullopt; // what is wrong with the installed image, if there is one
};

Acceptance judge(const AcceptanceInput& input);

// Would it run from the primary slot? `slot`: its bytes, in clear, as long as the slot at most.
core::Reason judge_installed(const core::Layout& layout, const ByteVector& key_block, ByteSpan slot,
                             std::uint32_t counter_floor);

} // namespace outboot::tool

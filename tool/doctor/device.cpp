#include <algorithm>

#include <fmt/format.h>

#include "core/keys.hpp"
#include "core/reason_text.hpp"
#include "crypto/compact.hpp"
#include "layout/fingerprint.hpp"
#include "layout/geometry.hpp"
#include "layout/text.hpp"
#include "tool/acceptance.hpp"
#include "tool/bootloader_check.hpp"
#include "tool/doctor/device_checks.hpp"
#include "tool/reason_remedy.hpp"
#include "tool/staged_device.hpp"

namespace outboot::tool::doctor {
namespace {

namespace block = core::key_block;
using core::Outcome;
using core::Phase;
using core::Reason;
using layouts::address_text;
using layouts::Memory;
using layouts::Model;

std::optional<MemoryFacts>& memory_of(DeviceFacts& device, Memory memory) {
    switch (memory) {
    case Memory::data_flash:
        return device.data;
    case Memory::external:
        return device.external;
    default:
        return device.code;
    }
}

MemoryFacts& erased(DeviceFacts& device, Memory memory, const std::string& path, std::size_t size) {
    auto& here = memory_of(device, memory);
    if (!here) here = MemoryFacts{path, ByteVector(size, 0xff)};
    return *here;
}

Findings take_dump(DeviceFacts& device, const Program& file, Memory memory, const Model& model) {
    const auto size = layouts::geometry_of(memory, *model.mcu, model.external.get()).size();
    const auto& bytes = file.pieces.front().data;
    auto& here = erased(device, memory, file.path, size);
    std::copy_n(bytes.begin(), std::min<std::size_t>(size, bytes.size()), here.bytes.begin());
    if (bytes.size() == size) return {};
    const auto name = memory == Memory::external ? model.external->name : model.mcu->name;
    const auto what = memory == Memory::code_flash   ? "code flash"
                      : memory == Memory::data_flash ? "data flash"
                                                     : "external chip";
    if (bytes.size() > size)
        return {{Severity::error,
                 memory == Memory::code_flash ? "more-code-flash-than-exists" : "dump-larger-than-memory", file.path,
                 fmt::format("{} has {} bytes, the {}'s {} only {}: {} bytes more than exist", file.path, bytes.size(),
                             name, what, size, bytes.size() - size),
                 "check the part in the layout, and how the file was read"}};
    return {{Severity::remark, "dump-shorter-than-memory", file.path,
             fmt::format("{} has {} bytes, the {}'s {} has {}; what is missing is taken for erased", file.path,
                         bytes.size(), name, what, size),
             "read the whole memory, from its first byte on"}};
}

ByteSpan key_block_bytes(const DeviceFacts& device, const Model& model) {
    return ByteSpan(device.code->bytes)
        .subspan(model.core.keys_address - model.mcu->code_flash.address, block::size_bytes);
}

bool all_erased(ByteSpan bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0xff; });
}

ByteSpan region_of(const MemoryFacts& memory, const layouts::Region& region) {
    return ByteSpan(memory.bytes).subspan(region.offset, region.size);
}

const std::optional<MemoryFacts>& memory_with_journal(const DeviceFacts& device, const Model& model) {
    return layouts::journal_memory(*model.mcu) == Memory::data_flash ? device.data : device.code;
}

std::string described(Reason reason) {
    const auto text = core::text(reason);
    return fmt::format("reason {} ({}): {}", static_cast<int>(reason), text.name, text.meaning);
}

Finding differs(const MemoryFacts& code, const Piece& piece, std::size_t at, const Program& bootloader) {
    return {Severity::warning, "bootloader-differs", code.path,
            fmt::format("the bootloader in {} isn't {}: they differ first at {}", code.path, bootloader.path,
                        address_text(piece.address + at)),
            "program the bootloader that was built last, or give the one that was programmed"};
}

} // namespace

Findings take_memory(DeviceFacts& device, const Program& file, Memory memory, const Model& model) {
    if (file.kind == ProgramKind::binary) return take_dump(device, file, memory, model);
    for (const Memory each : {Memory::code_flash, Memory::data_flash, Memory::external}) {
        if (!layouts::has_memory(each, *model.mcu)) continue;
        const auto geometry = layouts::geometry_of(each, *model.mcu, model.external.get());
        const layouts::AddressRange range{geometry.address(), geometry.size()};
        for (const auto& piece : file.pieces) {
            if (!range.contains(piece.address)) continue;
            auto& here = erased(device, each, file.path, geometry.size());
            const std::size_t at = piece.address - range.address;
            std::copy_n(piece.data.begin(), std::min(piece.data.size(), here.bytes.size() - at),
                        here.bytes.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
    return {};
}

std::optional<ByteVector> valid_key_block(const DeviceFacts& device, const Model& model) {
    if (!device.code) return std::nullopt;
    const auto bytes = key_block_bytes(device, model);
    if (!core::Keys(bytes.data()).valid<crypto::Compact::Sha256>()) return std::nullopt;
    return ByteVector(bytes.begin(), bytes.end());
}

std::optional<core::State> journal_state(const DeviceFacts& device, const Model& model) {
    const auto& memory = memory_with_journal(device, model);
    if (!memory) return std::nullopt;
    StagedDevice::DataFlash flash(model.core);
    std::copy_n(memory->bytes.begin(), flash.content.size(), flash.content.begin());
    core::Journal<crypto::Compact::Sha256, StagedDevice::DataFlash> journal(flash);
    if (!journal.load()) return std::nullopt;
    return journal.state();
}

Findings check_bootloader_in(const DeviceFacts& device, const Model& model, const Program* bootloader) {
    if (!device.code) return {};
    const auto& code = *device.code;
    const auto& region = *model.find(layouts::Role::bootloader);
    const auto bytes = region_of(code, region);
    const auto program = bytes.first(model.core.keys_address - region.address);
    if (all_erased(program))
        return {{Severity::error, "bootloader-missing", code.path,
                 fmt::format("{} has no bootloader: {} to {} is erased", code.path, address_text(region.address),
                             address_text(model.core.keys_address)),
                 "program the production file that `outboot provision` makes"}};
    const auto& fingerprint = model.core.fingerprint;
    Findings found;
    if (std::search(program.begin(), program.end(), fingerprint.begin(), fingerprint.end()) == program.end())
        found.push_back({Severity::error, "bootloader-of-another-layout", code.path,
                         fmt::format("the bootloader in {} doesn't carry the fingerprint of {}, {}: it was built for "
                                     "another layout and refuses this one's images",
                                     code.path, model.file, layouts::to_hex(fingerprint)),
                         "program the bootloader built for this layout, or name the layout of the device"});
    if (!bootloader) return found;
    for (const auto& piece : bootloader->pieces) {
        if (!region.range().contains(piece.address) || piece.end() > model.core.keys_address) continue;
        const auto here = bytes.subspan(piece.address - region.address, piece.data.size());
        const auto at = std::mismatch(piece.data.begin(), piece.data.end(), here.begin()).first;
        if (at == piece.data.end()) continue;
        found.push_back(differs(code, piece, static_cast<std::size_t>(at - piece.data.begin()), *bootloader));
        break;
    }
    return found;
}

Findings check_key_block(const DeviceFacts& device, const Model& model) {
    if (!device.code || valid_key_block(device, model)) return {};
    const bool missing = all_erased(key_block_bytes(device, model));
    return {{Severity::error, missing ? "key-block-missing" : "key-block-damaged", device.code->path,
             fmt::format("{}: the key block at {} is {}; the bootloader runs nothing without it (no_keys)",
                         device.code->path, address_text(model.core.keys_address), missing ? "missing" : "damaged"),
             std::string(remedy(Reason::no_keys))}};
}

Findings check_journal(const DeviceFacts& device, const Model& model) {
    const auto& memory = memory_with_journal(device, model);
    if (!memory) return {};
    const auto& path = memory->path;
    const auto state = journal_state(device, model);
    if (!state)
        return {
            {Severity::warning, "journal-empty", path,
             fmt::format("{}: the journal at {} is empty or damaged: no backup is known, and the lowest counter that "
                         "runs is that of the image in the primary slot",
                         path, address_text(model.find(layouts::Role::journal)->address)),
             "nothing, if the device was programmed without `outboot provision`; else find out who erased it"}};
    Findings found;
    if (state->phase == Phase::moving || state->phase == Phase::restoring)
        found.push_back({Severity::remark, "update-under-way", path,
                         fmt::format("{}: the device is in the middle of an update: phase {}, next move {}", path,
                                     core::name(state->phase), state->move),
                         "let it boot with its external chip; don't program anything before that"});
    if (state->phase == Phase::on_trial)
        found.push_back(
            {Severity::remark, "image-on-trial", path,
             fmt::format("{}: the running image is on trial, {} boots are left to confirm it", path, state->attempts),
             std::string(remedy(Reason::not_confirmed))});
    if (state->reason != Reason::none && state->outcome != Outcome::none)
        found.push_back(
            {Severity::remark, "last-update-failed", path,
             fmt::format("{}: the last update was {}, {}", path, core::name(state->outcome), described(state->reason)),
             std::string(remedy(state->reason))});
    return found;
}

Findings check_installed_image(const DeviceFacts& device, const Model& model) {
    const auto keys = valid_key_block(device, model);
    const auto state = journal_state(device, model).value_or(core::State{});
    if (!keys || state.phase == Phase::moving || state.phase == Phase::restoring) return {};
    const auto slot = region_of(*device.code, model.primary());
    const auto reason = judge_installed(model.core, *keys, ByteVector(slot.begin(), slot.end()), state.counter_floor);
    if (reason == Reason::none) return {};
    return {{Severity::error, "installed-image-does-not-run", device.code->path,
             fmt::format("{}: the bootloader doesn't start what is in the primary slot at {}, {}", device.code->path,
                         address_text(model.primary().address), described(reason)),
             std::string(remedy(reason))}};
}

Findings check_staged_image(const DeviceFacts& device, const Model& model) {
    const auto keys = valid_key_block(device, model);
    const auto state = journal_state(device, model);
    if (!keys || !device.external || !state || state->phase != Phase::idle || state->request == core::Request::none)
        return {};
    const auto installed = region_of(*device.code, model.primary());
    const auto staged = region_of(*device.external, *model.find(layouts::Role::secondary));
    const auto reason = judge({.layout = model.core,
                               .request = state->request,
                               .counter_floor = state->counter_floor,
                               .key_block = keys,
                               .installed = ByteVector(installed.begin(), installed.end()),
                               .staged = ByteVector(staged.begin(), staged.end())})
                            .staged;
    if (reason == Reason::none) return {};
    return {{Severity::error, "staged-image-refused", device.external->path,
             fmt::format("{}: the next boot refuses the image that is staged and requested, {}", device.external->path,
                         described(reason)),
             std::string(remedy(reason))}};
}

} // namespace outboot::tool::doctor

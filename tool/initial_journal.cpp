#include "tool/initial_journal.hpp"

#include "crypto/compact.hpp"
#include "tool/failure.hpp"
#include "tool/staged_device.hpp"

namespace outboot::tool {

Piece initial_journal(const layouts::Model& layout, std::uint32_t counter_floor) {
    StagedDevice::DataFlash flash(layout.core);
    core::Journal<crypto::Compact::Sha256, StagedDevice::DataFlash> journal(flash);
    (void)journal.load();
    core::State state;
    state.counter_floor = counter_floor;
    if (!journal.write(state)) throw Failure("the layout's journal can't be written");
    const auto at = flash.content.begin() + layout.core.journal.base;
    return {layout.find(layouts::Role::journal)->address, ByteVector(at, at + layout.core.journal.size), "journal"};
}

} // namespace outboot::tool

// app/outboot_update.h on top of outboot::Update, for the layout in outboot_layout.hpp.
#include "app/outboot_update.h"

#include <cstring>
#include <new>

#include "app/update.hpp"
#include "app/update_text.hpp"
#include "core/reason_text.hpp"
#include "outboot_layout.hpp"

using namespace outboot;

namespace {

static_assert(sizeof(Update) <= sizeof(outboot_update));
static_assert(alignof(Update) <= alignof(outboot_update));

// The numbers are the same on both sides.
static_assert(static_cast<int>(UpdateResult::ok) == outboot_update_ok);
static_assert(static_cast<int>(UpdateResult::busy) == outboot_update_busy);
static_assert(static_cast<int>(UpdateResult::not_confirmed) == outboot_update_not_confirmed);
static_assert(static_cast<int>(UpdateResult::too_large) == outboot_update_too_large);
static_assert(static_cast<int>(UpdateResult::not_begun) == outboot_update_not_begun);
static_assert(static_cast<int>(UpdateResult::too_much) == outboot_update_too_much);
static_assert(static_cast<int>(UpdateResult::incomplete) == outboot_update_incomplete);
static_assert(static_cast<int>(UpdateResult::not_an_image) == outboot_update_not_an_image);
static_assert(static_cast<int>(UpdateResult::flash_failed) == outboot_update_flash_failed);
static_assert(static_cast<int>(UpdateResult::journal_failed) == outboot_update_journal_failed);
static_assert(static_cast<int>(core::Phase::idle) == outboot_phase_idle);
static_assert(static_cast<int>(core::Phase::moving) == outboot_phase_moving);
static_assert(static_cast<int>(core::Phase::on_trial) == outboot_phase_on_trial);
static_assert(static_cast<int>(core::Phase::restoring) == outboot_phase_restoring);
static_assert(static_cast<int>(core::Request::none) == outboot_request_none);
static_assert(static_cast<int>(core::Request::test) == outboot_request_test);
static_assert(static_cast<int>(core::Request::permanent) == outboot_request_permanent);
static_assert(std::tuple_size_v<ImageId> == outboot_update_id_bytes);

bool complete(const outboot_flash* device) {
    return device != nullptr && device->read != nullptr && device->erase != nullptr && device->program != nullptr;
}

FlashAccess access(const outboot_flash& device) {
    return {device.context, device.read, device.erase, device.program, device.lock, device.unlock};
}

Update& of(outboot_update* update) {
    return *std::launder(reinterpret_cast<Update*>(update));
}

outboot_update_result result(UpdateResult of_call) {
    return static_cast<outboot_update_result>(of_call);
}

} // namespace

extern "C" {

outboot_update_result outboot_update_init(outboot_update* update, const outboot_flash* external,
                                          const outboot_flash* data_flash) {
    if (update == nullptr || !complete(external) || !complete(data_flash)) return outboot_update_bad_argument;
    new (update) Update(layout, access(*external), access(*data_flash));
    return outboot_update_ok;
}

outboot_update_result outboot_update_begin(outboot_update* update, uint32_t size_bytes, const uint8_t* id) {
    if (update == nullptr) return outboot_update_bad_argument;
    ImageId image{};
    if (id != nullptr) std::memcpy(image.data(), id, image.size());
    return result(of(update).begin(size_bytes, image));
}

uint32_t outboot_update_position(const outboot_update* update) {
    return update == nullptr ? 0 : std::launder(reinterpret_cast<const Update*>(update))->position();
}

outboot_update_result outboot_update_write(outboot_update* update, const uint8_t* bytes, uint32_t count) {
    if (update == nullptr || (bytes == nullptr && count != 0)) return outboot_update_bad_argument;
    return result(of(update).write(bytes, count));
}

outboot_update_result outboot_update_finish(outboot_update* update) {
    return update == nullptr ? outboot_update_bad_argument : result(of(update).finish());
}

outboot_update_result outboot_update_request(outboot_update* update, outboot_request kind) {
    const bool known =
        kind == outboot_request_none || kind == outboot_request_test || kind == outboot_request_permanent;
    if (update == nullptr || !known) return outboot_update_bad_argument;
    return result(of(update).request(static_cast<core::Request>(kind)));
}

outboot_update_result outboot_update_confirm(outboot_update* update) {
    return update == nullptr ? outboot_update_bad_argument : result(of(update).confirm());
}

outboot_update_result outboot_update_get_status(outboot_update* update, outboot_update_status* status) {
    if (update == nullptr || status == nullptr) return outboot_update_bad_argument;
    UpdateStatus now;
    const UpdateResult asked = of(update).status(now);
    if (asked != UpdateResult::ok) return result(asked);
    *status = {.phase = static_cast<uint8_t>(now.phase),
               .request = static_cast<uint8_t>(now.request),
               .outcome = static_cast<uint8_t>(now.outcome),
               .reason = static_cast<uint8_t>(now.reason),
               .attempts = now.attempts,
               .confirmed = now.confirmed,
               .counter_floor = now.counter_floor};
    return outboot_update_ok;
}

// All of them are literals, which end with a null character.
const char* outboot_update_result_name(outboot_update_result result) {
    if (result == outboot_update_bad_argument) return "bad argument";
    return name(static_cast<UpdateResult>(result)).data();
}

const char* outboot_phase_name(uint8_t phase) {
    return core::name(static_cast<core::Phase>(phase)).data();
}

const char* outboot_outcome_name(uint8_t outcome) {
    return core::name(static_cast<core::Outcome>(outcome)).data();
}

const char* outboot_reason_name(uint8_t reason) {
    return core::name(static_cast<core::Reason>(reason)).data();
}

} // extern "C"

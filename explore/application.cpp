#include "explore/application.hpp"

#include "app/update_impl.hpp"

namespace outboot::explore {
namespace {

// `device_of(context)` is what is lent.
template <class DeviceOf>
FlashAccess lend(void* context, DeviceOf /*device_of*/) {
    return {
        .context = context,
        .read =
            [](void* c, std::uint32_t at, std::uint8_t* bytes, std::uint32_t count) {
                return DeviceOf()(c).read(at, {bytes, count});
            },
        .erase = [](void* c, std::uint32_t at, std::uint32_t count) { return DeviceOf()(c).erase(at, count); },
        .program =
            [](void* c, std::uint32_t at, const std::uint8_t* bytes, std::uint32_t count) {
                return DeviceOf()(c).program(at, {bytes, count});
            },
        .lock = [](void*) { return true; },
        .unlock = [](void*) {},
    };
}

FlashAccess lend_data_flash(HostBoard& board) {
    return lend(
        &board.data_flash, [](void* c) -> auto& { return *static_cast<HostBoard::DataFlash*>(c); });
}

} // namespace

Application::Application(HostBoard& board, std::function<void()> slot_opens)
    : board_(board), slot_opens_(std::move(slot_opens)),
      update_(board.layout(), lend_external(), lend_data_flash(board)) {}

FlashAccess Application::lend_external() {
    FlashAccess access = lend(
        this, [](void* c) -> auto& { return static_cast<Application*>(c)->board_.external; });
    access.lock = [](void* c) {
        const auto& opens = static_cast<Application*>(c)->slot_opens_;
        if (opens) opens();
        return true;
    };
    return access;
}

UpdateStatus Application::status() {
    UpdateStatus status;
    (void)update_.status(status);
    return status;
}

UpdateResult Application::request(core::Request request) {
    return update_.request(request);
}

UpdateResult Application::confirm() {
    return update_.confirm();
}

UpdateResult Application::stage(Bytes image) {
    ImageId id{};
    std::copy_n(hash_of(image).begin(), id.size(), id.begin());
    const auto size = static_cast<std::uint32_t>(image.size());
    if (const auto begun = update_.begin(size, id); begun != UpdateResult::ok) return begun;
    const Bytes rest = image.subspan(update_.position());
    const auto written = update_.write(rest.data(), static_cast<std::uint32_t>(rest.size()));
    return written == UpdateResult::ok ? update_.finish() : written;
}

} // namespace outboot::explore

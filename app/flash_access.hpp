// A flash device as an application lends it to the library.
#pragma once

#include <cstdint>

namespace outboot {

// Offsets count from the device's start; erase takes whole erase blocks, program whole program units of erased flash;
// false is a failure. lock() returns false if the device is in use or doesn't answer; an application in which nothing
// else can be using the device leaves lock and unlock out.
struct FlashAccess {
    void* context = nullptr;
    bool (*read)(void* context, std::uint32_t at, std::uint8_t* bytes, std::uint32_t count) = nullptr;
    bool (*erase)(void* context, std::uint32_t at, std::uint32_t count) = nullptr;
    bool (*program)(void* context, std::uint32_t at, const std::uint8_t* bytes, std::uint32_t count) = nullptr;
    bool (*lock)(void* context) = nullptr;
    void (*unlock)(void* context) = nullptr;
};

// Locks a device for as long as it lives.
class FlashLock {
  public:
    explicit FlashLock(const FlashAccess& device)
        : device_(device), held_(device.lock == nullptr || device.lock(device.context)) {}
    FlashLock(const FlashLock&) = delete;
    FlashLock& operator=(const FlashLock&) = delete;
    ~FlashLock() {
        if (held_ && device_.unlock != nullptr) device_.unlock(device_.context);
    }
    [[nodiscard]] bool held() const { return held_; }

  private:
    const FlashAccess& device_;
    bool held_;
};

} // namespace outboot

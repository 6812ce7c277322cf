// Flash cache (FCACHE), code-bus and system-bus caches: what they could hold that is no longer true.
//
// Nothing is cached. A cache that is on while what it caches changes is stale until it is flushed; reading through a
// stale cache is a violation, reported by whoever reads. R01UH0890 §46, §47.4; FSP bsp_cache.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "board/world.hpp"

namespace outboot::board {

class FlashCache final : public Peripheral { // 0x4001C000: FCACHEE, FCACHEIV, FLWT, FSAR
  public:
    static constexpr std::uint32_t base = 0x4001C000;
    explicit FlashCache(World& world) : world_(world) {}

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override;

    void flash_changed() { stale_ = true; }
    bool reads_stale() const { return enabled_ && stale_; }
    unsigned wait_states() const { return flwt_; }
    std::function<void()> on_change; // of wait states or of reads_stale()

  private:
    World& world_;
    bool enabled_ = false, stale_ = false;
    std::uint8_t flwt_ = 0;
    std::uint16_t fsar_ = 0xffff;
};

class BusCaches final : public Peripheral { // 0x40007000: code bus (C) and system bus (S)
  public:
    static constexpr std::uint32_t base = 0x40007000;
    explicit BusCaches(World& world) : world_(world) {}

    std::uint32_t read(std::uint32_t offset, unsigned size) override;
    void write(std::uint32_t offset, unsigned size, std::uint32_t value) override;
    void reset() override { caches_ = {}; }

    void code_flash_changed() { caches_[0].stale = true; }
    void external_changed() { caches_[1].stale = true; }
    bool code_cache_on() const { return caches_[0].enabled; }
    bool external_reads_stale() const { return caches_[1].enabled && caches_[1].stale; }

  private:
    struct Cache {
        bool enabled = false;
        bool stale = false; // contents changed since the last flush
        std::uint32_t line = 1;
    };
    World& world_;
    std::array<Cache, 2> caches_{};
};

} // namespace outboot::board

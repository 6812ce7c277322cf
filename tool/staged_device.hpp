// A device in memory, for asking the bootloader's own code what it would do with a staged image. It runs until the
// bootloader wants to change anything but its journal, or has nothing left to decide.
#pragma once

#include <algorithm>
#include <optional>

#include "core/boot.hpp"
#include "tool/primitives.hpp"

namespace outboot::tool {

// How a boot ends here: an exception for each thing that never returns on a device.
struct BootBegins {}; // the first move of the update: the image was accepted
struct BootStarts {}; // the application
struct BootResets {};
struct BootGivesUp {}; // nothing to run

// Of the board that core/boot.hpp wants. `writable`: only the journal's memory is.
class StagedDevice {
  public:
    class Memory {
      public:
        Memory(std::size_t bytes, bool writable) : content(bytes, 0xff), writable_(writable) {}

        bool read(std::uint32_t at, core::MutableBytes out) const {
            if (at > content.size() || out.size() > content.size() - at) return false;
            std::copy_n(content.begin() + at, out.size(), out.begin());
            return true;
        }
        bool erase(std::uint32_t at, std::uint32_t bytes) {
            if (!writable_) throw BootBegins{};
            std::fill_n(content.begin() + at, bytes, std::uint8_t{0xff});
            return true;
        }
        bool program(std::uint32_t at, core::Bytes bytes) {
            if (!writable_) throw BootBegins{};
            std::copy(bytes.begin(), bytes.end(), content.begin() + at);
            return true;
        }
        static bool open() { return true; }
        static void close() {}

        ByteVector content;

      private:
        bool writable_;
    };

    class DataFlash : public Memory {
      public:
        explicit DataFlash(const core::Layout& layout)
            : Memory(layout.journal.base + layout.journal.size, true), layout_(layout) {}
        [[nodiscard]] const core::Layout& layout() const { return layout_; }
        void before_erase(std::uint32_t /*closed_banks*/) const {}

      private:
        const core::Layout& layout_;
    };

    StagedDevice(const core::Layout& layout, ByteVector key_block)
        : code_flash(layout.primary.base + layout.primary.size, false),
          external(std::max(layout.external_size, layout.secondary.base + layout.secondary.size), false),
          data_flash(layout), layout_(layout), key_block_(std::move(key_block)) {}
    StagedDevice(const StagedDevice&) = delete;
    StagedDevice& operator=(const StagedDevice&) = delete;

    void put_installed(ByteSpan image) { put(code_flash, layout_.primary.base, image); }
    void put_staged(ByteSpan image) { put(external, layout_.secondary.base, image); }

    // Why the staged image was refused. Kept apart from the RAM record, which later also says why nothing runs.
    std::optional<core::Reason> refusal;

    [[nodiscard]] const core::Layout& layout() const { return layout_; }
    [[nodiscard]] const std::uint8_t* key_block() const { return key_block_.data(); }
    core::RamRecord& ram_record() {
        if (ram_.state.outcome == core::Outcome::refused && !refusal) refusal = ram_.state.reason;
        return ram_;
    }
    static void feed() {}
    static void pause() { throw BootGivesUp{}; }
    static void recover(core::Reason /*why*/) { throw BootGivesUp{}; }
    static void reset() { throw BootResets{}; }
    static void start(std::uint32_t /*address*/) { throw BootStarts{}; }

    Memory code_flash;
    Memory external;
    DataFlash data_flash;

  private:
    static void put(Memory& memory, std::uint32_t at, ByteSpan image) {
        std::copy(image.begin(), image.end(), memory.content.begin() + at);
    }

    const core::Layout& layout_;
    ByteVector key_block_;
    core::RamRecord ram_;
};

} // namespace outboot::tool

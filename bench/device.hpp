// A device to measure: the virtual board with one of the example products on it, images of any size.
#pragma once

#include <string>

#include "bench/firmware.hpp"
#include "board/board.hpp"
#include "layout/model.hpp"
#include "tool/keys.hpp"
#include "tool/primitives.hpp"
#include "tool/program.hpp"

namespace outboot::bench {

class Device {
  public:
    // The product of a plan (offset, scratch, overwrite) from the source tree and its ARM build. Throws
    // std::runtime_error if something is missing.
    Device(const std::string& plan, const std::string& arm_directory);

    const layouts::Model layout;
    const Firmware bootloader; // what the board runs, to know where it is
    board::Board board;

    // The example application with random bytes behind it, `bytes` from header to last TLV, less up to 15.
    [[nodiscard]] tool::ByteVector image(std::uint8_t version, std::uint32_t bytes) const;
    // As the factory does: bootloader, keys, first image.
    void provision(const tool::ByteVector& first_image);
    // The image lies in the secondary slot, as the application would have put it there.
    void stage(const tool::ByteVector& image);

    // Power comes, or goes on after a reset, until the first instruction of the bootloader or the application.
    void run_to_reset_handler();
    // Goes on until the application's first instruction. Calls `sample(pc)` each time after so many picoseconds, or
    // instructions, at most.
    template <class Sample>
    void run_to_application(const board::Until& slice, Sample sample) {
        board::Until until = slice;
        until.address = application_entry();
        for (;;) {
            const board::RunResult result = board.run(until);
            if (result.stop == board::Stop::address) return;
            require_slice_end(result);
            sample(result.pc);
        }
    }
    // A command to the running application, and its answer; throws if it isn't `expected`.
    void command(const std::string& line, const std::string& expected);

  private:
    [[nodiscard]] std::uint32_t application_entry() const; // of what lies in the primary slot
    static void require_slice_end(const board::RunResult& result);

    tool::Program bootloader_program_;
    tool::Program application_;
    tool::P256Key signer_ = tool::P256Key::generate();
    tool::P256Key device_key_ = tool::P256Key::generate();
};

} // namespace outboot::bench

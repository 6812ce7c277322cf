// One device under test: the virtual board with a provisioned product on it, and what a user would do with it.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "board/board.hpp"
#include "core/ram_record.hpp"
#include "core/reason_text.hpp"
#include "rig/images.hpp"
#include "rig/secrets.hpp"

namespace outboot::rig {

using core::Outcome;
using core::Phase;
using core::Plan;
using core::Reason;
using core::Request;

// Where a run came to an end.
struct Landing {
    board::RunResult run;
    core::RamRecord record; // as it stands in RAM then
    std::string said;       // by the application, in the last boot
    unsigned resets = 0;    // MCU resets on the way

    [[nodiscard]] bool ready() const { return run.stop == board::Stop::uart_text; } // an application runs
    [[nodiscard]] std::string describe() const;                                     // one line
};

class Device {
  public:
    explicit Device(const Product& of, const board::Config& config = {});

    const Product& product;
    board::Board board;

    // Makes an image and remembers it as a secret.
    Image make(const ImageSpec& spec);

    // What the factory does: bootloader, keys, the image in clear. The application's regions and what is free outside
    // are full of random bytes, so that a stray erase or write shows.
    void provision(const Image& first);
    // Puts an image into the secondary slot behind everybody's back.
    void stage(tool::ByteSpan image);

    // Fills the primary slot behind an image with other people's secrets.
    void leave_behind(const Image& image);

    // Power on, until the application is ready or the time, virtual, is over.
    Landing start(board::Picoseconds limit = patience);
    // Goes on until the application is ready (again).
    Landing run(board::Picoseconds limit = patience);
    // Goes on until the bootloader says what it waits for, and a second longer.
    Landing run_to_a_reason();
    // By command to the application.
    Landing reset(board::Picoseconds limit = patience);
    // A line to the application; returns its answer without the line end.
    std::string ask(const std::string& command);
    // As an application that has staged an update: request and reset, all by command.
    Landing update(const Image& image, Request request);

    // The whole slot: exactly this image, and nothing behind it.
    [[nodiscard]] bool primary_holds(const Image& image) const;
    [[nodiscard]] core::RamRecord ram_record() const;
    [[nodiscard]] core::State state() const { return ram_record().state; }
    [[nodiscard]] tool::ByteVector slot() const;     // bytes of the primary slot
    [[nodiscard]] std::uint32_t backup_base() const; // where the old image stands after an update, in the external chip

    // From now on the application itself may write there, so what changes there is no trouble. An address in the
    // external chip or the data flash.
    void let_application_write(std::uint32_t address, std::uint32_t bytes);

    // Everything that no scenario may ever show, as one text: broken rules of the hardware, secrets outside, bytes
    // changed that belong to the application, watchdog resets. Empty: nothing.
    [[nodiscard]] std::string trouble() const;
    // Searches the external chip as it now is, by an attacker's view of it, e.g. decrypted.
    [[nodiscard]] std::optional<std::string> secret_in(tool::ByteSpan bytes) const { return secrets_.search(bytes); }

    // Erases outside the slot and the hole aren't allowed, nor are resets by a watchdog; a test may ask for the latter.
    bool watchdog_resets_expected = false;

    static constexpr board::Picoseconds patience = 300 * board::second;

  private:
    [[nodiscard]] bool application_data_intact() const;
    Landing landing(board::RunResult run);

    Secrets secrets_;
    tool::ByteVector external_before_;   // the application's part of the external chip
    tool::ByteVector data_flash_before_; // likewise
    struct Range {
        std::uint32_t address, bytes;
    };
    std::vector<Range> written_by_application_;
    std::size_t boots_at_power_on_ = 0;
};

// Restarts many runs from one state. Power is off afterwards.
void restore(Device& device, const board::Contents& contents);

} // namespace outboot::rig

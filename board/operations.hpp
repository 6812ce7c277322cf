// Erases and programs of all three flash devices: counted, timed, and the place where power fails or a device does.
//
// A flash operation is what wears or changes a cell: one block erase, one program command, one write of option settings
// or of the NOR's status register. Reads are none. They are numbered from 0 in the order in which the devices accept
// them, over all devices and per device, and the numbers run on over resets and power cuts until reset_counts().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "board/random.hpp"
#include "board/time.hpp"

namespace outboot::board {

enum class Device : std::uint8_t { code_flash, data_flash, external };
inline constexpr std::size_t device_count = 3;
constexpr const char* name(Device d) {
    constexpr std::array<const char*, device_count> names{"code flash", "data flash", "external"};
    return names[static_cast<std::size_t>(d)];
}

enum class Kind : std::uint8_t { erase, program, configure };

struct Operation {
    Device device{};
    Kind kind{};
    std::uint32_t offset = 0; // in the device; of a status register, 0
    std::uint32_t bytes = 0;
};

// When, against the operation it is tied to, the supply goes.
enum class Moment : std::uint8_t {
    before, // the operation has not touched a cell
    inside, // the unit is torn
    after,  // the operation is complete, but nobody has seen it
};

// What becomes of an operation.
enum class Fate : std::uint8_t { complete, cut_before, cut_inside, cut_after, fail };

struct DeviceCounts {
    std::uint64_t erases = 0;
    std::uint64_t programs = 0;
    std::uint64_t configurations = 0; // option settings, status registers
    std::uint64_t bytes_erased = 0;
    std::uint64_t bytes_programmed = 0;
    Picoseconds busy = 0; // time the device spent erasing and programming
    std::uint64_t operations() const { return erases + programs + configurations; }
};

class Operations {
  public:
    // Power fails at operation `number`, from 0, counted over all operations or over those of one device, of one kind.
    // Several may be scheduled; each happens once.
    void cut_at(std::uint64_t number, Moment moment, std::optional<Device> device = {}, std::optional<Kind> kind = {});

    // From now on every operation is cut with probability `per_operation`, at a moment drawn too, `cuts` times in all.
    void cut_randomly(std::uint64_t seed, double per_operation, unsigned cuts);

    // Operations `first` to `first + count - 1` of the device fail: code and data flash end with PRGERR or ERSERR and a
    // torn unit, the NOR stays silent about it and keeps what it had. `count` = 0: for ever.
    void fail_at(Device device, std::uint64_t first, std::uint64_t count = 1);

    // Takes back every cut and failure that was scheduled and hasn't happened.
    void clear_plans();

    const DeviceCounts& counts(Device d) const { return counts_[static_cast<std::size_t>(d)]; }
    std::uint64_t total() const { return count({}, {}); }
    std::uint64_t count(std::optional<Device> device, std::optional<Kind> kind) const;
    void reset_counts() { counts_ = {}; }

    // Called before every operation counts: total() is its number.
    std::function<void(const Operation&)> on_operation;

    // For the device models: an operation is accepted; what happens to it?
    [[nodiscard]] Fate begin(const Operation& operation, Picoseconds busy);

  private:
    struct Cut {
        std::uint64_t number;
        Moment moment;
        std::optional<Device> device;
        std::optional<Kind> kind;
    };
    struct Failure {
        Device device;
        std::uint64_t first;
        std::uint64_t count;
    };

    std::array<DeviceCounts, device_count> counts_{};
    std::vector<Cut> cuts_;
    std::vector<Failure> failures_;
    Random random_{0};
    double chance_ = 0;
    unsigned random_cuts_left_ = 0;
};

} // namespace outboot::board

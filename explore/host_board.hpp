// A board for core::Boot on the host. Its flash is a World, a value; what else happens to it (supply, faults, choices)
// is decided by an Environment. Every end of a boot is an exception: on a real board none of them returns either.
#pragma once

#include "core/ram_record.hpp"
#include "explore/flash.hpp"
#include "explore/product.hpp"

namespace outboot::explore {

// All that survives when the supply goes.
struct World {
    Flash code;
    Flash external;
    Flash journal;

    explicit World(const Product& product)
        : code({.unit_bytes = product.layout().primary_program_unit}, product.code_blocks()),
          external({.unit_bytes = 4, .whole_units = false}, product.external_blocks()),
          journal({.unit_bytes = product.layout().journal_program_unit, .erased_reads_noise = true},
                  product.journal_blocks()) {}

    bool operator==(const World&) const = default;
};

enum class Chip : std::uint8_t { code, external, journal };

inline Flash& flash(World& world, Chip chip) {
    return chip == Chip::code ? world.code : chip == Chip::external ? world.external : world.journal;
}

struct Operation {
    Chip chip = Chip::code;
    bool is_erase = false;
    std::uint32_t at = 0;
    Bytes data; // of a program
};

inline void complete(World& world, const Operation& op) {
    Flash& chip = flash(world, op.chip);
    if (op.is_erase) {
        chip.erase(op.at);
    } else {
        chip.program(op.at, op.data);
    }
}

inline void tear(World& world, const Operation& op) {
    Flash& chip = flash(world, op.chip);
    if (op.is_erase) {
        chip.tear_erase(op.at);
    } else {
        chip.tear_program(op.at, op.data);
    }
}

// How a boot ends.
struct Started { // the application runs
    std::uint32_t address = 0;
};
struct Reset {};
struct PowerCut {};
struct Waiting { // the device would go on waiting for ever
    core::Reason reason = core::Reason::none;
};

class Environment : public Chooser {
  public:
    // Completes the operation, or not: false if the device reports a failure. May throw PowerCut.
    virtual bool operate(World& world, const Operation& op) = 0;
    // Does the external chip answer an access? `opening` says what kind.
    virtual bool external_answers(bool /*opening*/) { return true; }
    // Can these bytes of the external chip be read?
    virtual bool readable(std::uint32_t /*at*/, std::size_t /*bytes*/) { return true; }
    // What a chip sends may differ from what it holds.
    virtual void sends(Chip /*chip*/, std::uint32_t /*at*/, MutableBytes /*bytes*/) {}
    // The boot waits a moment. May throw Waiting or PowerCut.
    virtual void wait(const core::RamRecord& ram) = 0;
    std::uint32_t choose(std::uint32_t /*count*/) override { return 0; }

  protected:
    ~Environment() = default;
};

class HostBoard {
  public:
    HostBoard(const Product& product, World& world, Environment& environment)
        : code_flash(*this, Chip::code), external(*this), data_flash(*this), product_(product), world_(world),
          environment_(environment) {}
    HostBoard(const HostBoard&) = delete;
    HostBoard& operator=(const HostBoard&) = delete;

    class Device {
      public:
        Device(HostBoard& board, Chip chip) : board_(board), chip_(chip) {}

        bool read(std::uint32_t at, MutableBytes out) {
            flash(board_.world_, chip_).read(at, out, board_.environment_);
            board_.environment_.sends(chip_, at, out);
            return true;
        }

        bool erase(std::uint32_t at, std::uint32_t bytes) {
            const Flash& chip = flash(board_.world_, chip_);
            for (const std::uint32_t end = at + bytes; at < end;) {
                const std::uint32_t block = chip.block_size(at);
                if (block == 0 || block > end - at) throw RuleBroken("erase of a part of a block");
                if (!board_.environment_.operate(board_.world_, {board_.in_area(chip_, at, block), true, at, {}})) {
                    return false;
                }
                at += block;
            }
            return true;
        }

        bool program(std::uint32_t at, Bytes bytes) {
            const auto count = static_cast<std::uint32_t>(bytes.size());
            return board_.environment_.operate(board_.world_, {board_.in_area(chip_, at, count), false, at, bytes});
        }

      protected:
        HostBoard& board_;
        Chip chip_;
    };

    class External : public Device {
      public:
        explicit External(HostBoard& board) : Device(board, Chip::external) {}

        bool open() { return board_.environment_.external_answers(true); }
        void close() {}

        bool read(std::uint32_t at, MutableBytes out) {
            return board_.environment_.external_answers(false) && board_.environment_.readable(at, out.size()) &&
                   Device::read(at, out);
        }
        bool erase(std::uint32_t at, std::uint32_t bytes) {
            return board_.environment_.external_answers(false) && Device::erase(at, bytes);
        }
        bool program(std::uint32_t at, Bytes bytes) {
            return board_.environment_.external_answers(false) && Device::program(at, bytes);
        }
    };

    class DataFlash : public Device {
      public:
        explicit DataFlash(HostBoard& board) : Device(board, Chip::journal) {}
        void before_erase(std::uint32_t /*closed_banks*/) {}
        [[nodiscard]] const core::Layout& layout() const { return board_.layout(); }
    };

    [[nodiscard]] const core::Layout& layout() const { return product_.layout(); }
    [[nodiscard]] const std::uint8_t* key_block() const { return product_.key_block(); }
    core::RamRecord& ram_record() { return ram_; }
    void feed() {}
    void pause() { environment_.wait(ram_); }
    void recover(core::Reason) { ++recoveries; }
    [[noreturn]] void reset() { throw Reset{}; }
    [[noreturn]] void start(std::uint32_t address) { throw Started{address}; }

    Device code_flash;
    External external;
    DataFlash data_flash;
    std::uint32_t recoveries = 0; // calls of the port's hook for a device with nothing to run

  private:
    // The bootloader keeps to its areas: what an operation may touch is the layout's business, not the chip's.
    Chip in_area(Chip chip, std::uint32_t at, std::uint32_t bytes) const;

    const Product& product_;
    World& world_;
    Environment& environment_;
    core::RamRecord ram_;
};

} // namespace outboot::explore

// Runs the crypto backend's real ARM code (program.cpp) in Unicorn, one function call at a time, and watches it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace outboot::crypto::test {

// What is watched has to be known from the start: a hook added to an engine that has run isn't called for what it has
// already translated.
enum class Watch {
    nothing,      // fast
    instructions, // counts them
    trace,        // also digests the sequence of instruction addresses and of data addresses
    skips,        // not counted; one instruction of the functions named can be left out
};

struct Call {
    std::uint32_t result = 0; // r0
    bool returned = false;    // else it crashed or ran too long, which only a skipped instruction may cause
    std::uint64_t instructions = 0;
    std::uint32_t stack_bytes = 0;
    std::uint64_t trace = 0; // equal traces: same instructions, same data addresses, in the same order
};

class Machine {
  public:
    // `skip_in`: parts of the mangled names of the functions in which instructions can be left out.
    Machine(const std::string& elf, Watch watch, const std::vector<std::string>& skip_in = {});
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    // Bytes at a fresh address in RAM, aligned to 64; everything placed is forgotten by reset(), which also brings RAM
    // back to what it was at first.
    std::uint32_t place(std::span<const std::uint8_t> bytes);
    std::uint32_t place_zeros(std::size_t size);
    [[nodiscard]] std::vector<std::uint8_t> read(std::uint32_t address, std::size_t size) const;
    void wipe(std::uint32_t address, std::size_t size);
    void reset();

    // RAM as it is, what has been placed and what calls have left on the stack, to go back to.
    [[nodiscard]] std::vector<std::uint8_t> save() const;
    void restore(const std::vector<std::uint8_t>& saved);

    // All other registers hold `others`.
    Call call(const std::string& function, std::initializer_list<std::uint32_t> arguments, std::uint32_t others = 0);
    Call call(std::uint32_t address, std::initializer_list<std::uint32_t> arguments, std::uint32_t others = 0);

    // Code or constants of the test's own, or a change to what was loaded.
    void write_flash(std::uint32_t address, std::span<const std::uint8_t> bytes);
    [[nodiscard]] std::vector<std::uint8_t> read_flash(std::uint32_t address, std::size_t size) const;

    // Leaves out the n-th instruction (from 0) that is executed in the functions named at construction, in the next
    // call; all members of an IT block count, executed or not. skipped_at() then is its address, or nothing if there
    // weren't so many.
    void skip(std::uint64_t n);
    [[nodiscard]] std::optional<std::uint32_t> skipped_at() const;
    [[nodiscard]] std::uint64_t skippable() const; // so many there were in the last call

    // Everything in RAM, the stack included; the part of the stack that the last call has written to.
    [[nodiscard]] std::span<const std::uint8_t> ram() const;
    [[nodiscard]] std::span<const std::uint8_t> used_stack() const;

    // Size of each output section of the linker script, in its order.
    [[nodiscard]] std::vector<std::pair<std::string, std::uint32_t>> sections() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace outboot::crypto::test

// An ARM program with its debug information: what it puts where, and from which source file each byte comes.
//
// Link-time optimization and inlining leave little of the functions as written, so bytes aren't attributed by symbol:
// a byte of code belongs to the file of the innermost function, inlined ones included, that it came from, and a byte of
// data to the file of its variable.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace outboot::bench {

struct FirmwareSection {
    std::string name;
    std::uint32_t address = 0;       // where it is used, not where it is loaded from
    std::uint32_t size = 0;          // bytes
    bool loaded = false;             // takes room in flash
    bool code = false;               // may hold instructions
    std::vector<std::uint8_t> bytes; // empty unless loaded

    [[nodiscard]] bool contains(std::uint32_t at) const { return at - address < size; }
};

struct FirmwareSymbol {
    std::string name; // demangled
    std::uint32_t address = 0;
    std::uint32_t size = 0;
    bool function = false;
};

class Firmware {
  public:
    // Throws std::runtime_error, naming the file.
    explicit Firmware(const std::string& path);
    ~Firmware();
    Firmware(const Firmware&) = delete;
    Firmware& operator=(const Firmware&) = delete;

    [[nodiscard]] const std::vector<FirmwareSection>& sections() const { return sections_; } // those in memory
    [[nodiscard]] const std::vector<FirmwareSymbol>& symbols() const { return symbols_; }    // ascending by address
    // Throws std::runtime_error if there is none of that name.
    [[nodiscard]] std::uint32_t address_of(const std::string& symbol) const;
    // The function or object that covers this address.
    [[nodiscard]] const FirmwareSymbol* symbol_at(std::uint32_t address) const;
    // Whether the bytes at this address are instructions (mapping symbols of the ELF for the Arm Architecture, §5.5.5).
    [[nodiscard]] bool is_code(std::uint32_t address) const;
    [[nodiscard]] std::optional<std::uint32_t> halfword(std::uint32_t address) const;
    [[nodiscard]] std::optional<std::uint32_t> word(std::uint32_t address) const;

    // Path of the source file, empty if the debug information doesn't say. Library headers don't count: what is inlined
    // from them belongs to the file that uses them.
    [[nodiscard]] const std::string& source_of(std::uint32_t address) const;

    // Bytes of stack in use before the instruction at this address, counted from the function's entry.
    [[nodiscard]] std::optional<std::uint32_t> frame_bytes(std::uint32_t address) const;

  private:
    struct Debug;

    void read_sections();
    void read_symbols();
    void read_sources();
    void read_sources_of(void* entry); // a Dwarf_Die

    std::unique_ptr<Debug> debug_;
    std::vector<FirmwareSection> sections_;
    std::vector<FirmwareSymbol> symbols_;
    std::map<std::uint32_t, bool> code_from_;                // mapping symbols: from here on code, or data
    std::unordered_map<std::uint32_t, std::string> sources_; // of every halfword of code, and of variables' beginnings
};

} // namespace outboot::bench

#include "tests/services/table.hpp"

#include <climits>
#include <stdexcept>

#include "format/image.hpp"

namespace outboot::services::test {

const layouts::Model& product() {
    static const layouts::Model model = [] {
        auto loaded = layouts::load(OUTBOOT_EXAMPLE_DIR "/layout-services.toml");
        if (!loaded.model) throw std::runtime_error("layout-services.toml has errors");
        return *loaded.model;
    }();
    return model;
}

Table::Table(Watch watch)
    : machine(OUTBOOT_ARM_DIR "/services/bootloader.elf", watch), address_(product().core.service_table_address) {
    // r0 points to what r1 is filled with, r2 bytes; answers 0. Behind it, one that answers 1.
    constexpr std::array<std::uint8_t, 22> source{0x2a, 0xb1, 0x10, 0xf8, 0x01, 0x3b, 0x01, 0xf8, 0x01, 0x3b, 0x01,
                                                  0x3a, 0xf9, 0xd1, 0x00, 0x20, 0x70, 0x47, 0x01, 0x20, 0x70, 0x47};
    machine.write_flash(random_at, source);
}

std::vector<std::uint32_t> Table::words() const {
    std::vector<std::uint32_t> words((product().core.keys_address - address_) / 4);
    const auto bytes = machine.read_flash(address_, words.size() * 4);
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = format::get32(&bytes[4 * i]);
    return words;
}

Call Table::call(Entry entry, std::initializer_list<std::uint32_t> arguments) {
    return machine.call(words()[entries_at / 4 + static_cast<std::uint32_t>(entry)] & ~1U, arguments, 0x11111111);
}

int Table::status(Entry entry, std::initializer_list<std::uint32_t> arguments) {
    const Call call = this->call(entry, arguments);
    return call.returned ? static_cast<int>(call.result) : INT_MIN;
}

} // namespace outboot::services::test

// One skipped instruction together with a chip that lies: the attacker that SECURITY.md grants both. The chip shows the
// authentic image when it is looked at, hands out altered bytes while they are moved in, and shows the authentic image
// again afterwards. Whatever one instruction is skipped between the last move and the application, nothing altered
// runs.
//
// The instructions are found in the binary: those of the functions that decide. OUTBOOT_FULL=1 takes all of them.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "bench/firmware.hpp"
#include "tests/scenario/scenario.hpp"

namespace outboot::scenario {
namespace {

struct Instruction {
    std::uint32_t address = 0;
    bool says_where = false; // of the function that says where to look: always tried
};

class SkipTest : public EveryPlan {
  protected:
    const Image v1 = image(1, 3);
    const Image v2 = image(2, 2);

    // The text by which the application names itself says something else in the altered bytes: CTR lets an attacker who
    // knows the plaintext write what he wants.
    [[nodiscard]] std::pair<std::uint32_t, tool::ByteVector> alteration() const {
        const std::string from = "example application", to = "HOSTILE application";
        const auto found = std::search(v2.clear.begin(), v2.clear.end(), from.begin(), from.end());
        const auto at = static_cast<std::size_t>(found - v2.clear.begin());
        tool::ByteVector altered;
        for (std::size_t i = 0; i < from.size(); ++i)
            altered.push_back(static_cast<std::uint8_t>(v2.staged[at + i] ^ from[i] ^ to[i]));
        return {static_cast<std::uint32_t>(at), altered};
    }

    // Boots with the lying chip and, if there is one, the skip of an instruction's first execution after the lie began.
    Landing boot_with_a_lie(std::optional<std::uint32_t> skipped) {
        board::Nor& chip = device.board.external();
        const std::uint32_t slot = device.product.layout.core.secondary.base;
        const auto [at, altered] = alteration();
        const auto slot_operations = [this] {
            const auto& operations = device.board.operations();
            return operations.counts(board::Device::code_flash).operations() +
                   operations.counts(board::Device::external).operations();
        };
        const auto before = slot_operations();
        bool lies = false, truthful = false;
        chip.on_access = [&, at = at, &altered = altered](board::Nor::Access access, std::uint32_t, std::uint32_t) {
            if (!lies && slot_operations() > before) { // the moves have begun
                lies = true;
                chip.array().load(slot + at, altered);
                if (skipped) device.board.skip(board::Skip{*skipped, 1});
            }
            if (lies && !truthful && access == board::Nor::Access::read && device.board.skip_happened()) {
                truthful = true;
                chip.array().load(slot, v2.staged);
            }
        };
        device.board.power_on();
        Landing landing = device.run(15 * board::second);
        chip.on_access = nullptr;
        device.board.skip({});
        return landing;
    }

    // Addresses of the instructions of the functions that decide after the moves.
    [[nodiscard]] std::vector<Instruction> deciding_instructions() const {
        const bench::Firmware firmware(device.product.bootloader_path);
        std::vector<Instruction> found;
        for (const auto& symbol : firmware.symbols()) {
            const auto named = [&](const char* part) { return symbol.name.find(part) != std::string::npos; };
            const bool decides = named("::check_primary(") || named("::primary_is(") || named("::run_application(") ||
                                 named("::examine(") || named("::hash_payload(") || named("::read_area(") ||
                                 named("::parse(") || named("::runnable(") || named("::broken(") || named(">::run()") ||
                                 named("::settle_down(") || named("::install(");
            if (!symbol.function || !decides || !named("outboot::core::")) continue;
            for (std::uint32_t at = symbol.address & ~1U; at < (symbol.address & ~1U) + symbol.size;) {
                const auto halfword = firmware.halfword(at);
                if (!halfword || !firmware.is_code(at)) {
                    at += 2;
                    continue;
                }
                found.push_back({at, named("::check_primary(")});
                at += *halfword >> 11 >= 0x1d ? 4 : 2; // Armv8-M: 0b11101 and above begin a 32-bit instruction
            }
        }
        return found;
    }

    static bool hostile(const Landing& landing) { return landing.said.find("HOSTILE") != std::string::npos; }

    // A skipped instruction may break any rule, but for the one this is about.
    void TearDown() override {}

    void request_update() {
        begin_with(v1);
        device.stage(v2.staged);
        const std::string command = GetParam() == Plan::overwrite ? "request permanent" : "request test";
        ASSERT_EQ(device.ask(command), command + ": ok");
        device.board.power_off();
    }
};
INSTANTIATE_TEST_SUITE_P(Plans, SkipTest, testing::Values(Plan::offset, Plan::scratch, Plan::overwrite), plan_name);

TEST_P(SkipTest, with_a_lying_chip_never_lets_altered_bytes_run) {
    request_update();
    const auto beginning = device.board.contents();
    const Landing honest = boot_with_a_lie({});
    EXPECT_FALSE(hostile(honest));
    EXPECT_EQ(core::name(honest.record.state.reason), core::name(Reason::primary_changed)) << "the lie must be a lie";

    const auto instructions = deciding_instructions();
    ASSERT_GT(instructions.size(), 300U);
    const char* const full = std::getenv("OUTBOOT_FULL");
    const std::uint64_t one_in = full != nullptr && std::string_view(full) == "1" ? 1 : instructions.size() / 40;
    board::Random random(1);
    std::size_t tried = 0;
    for (const auto [at, says_where] : instructions) {
        if (random.below(one_in) != 0 && !says_where) continue;
        ++tried;
        restore(device, beginning);
        const Landing landing = boot_with_a_lie(at);
        ASSERT_FALSE(hostile(landing)) << "without the instruction at 0x" << std::hex << at;
    }
    std::cout << "[  skips   ] " << tried << " of " << instructions.size() << '\n';
}

} // namespace
} // namespace outboot::scenario

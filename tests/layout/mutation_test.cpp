// Layout files with random damage: always a verdict, never a crash, and whatever is accepted keeps the promises that
// bootloader and application are built on.
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "layout/emit.hpp"
#include "layout/map.hpp"
#include "tests/layout/examples.hpp"

namespace outboot::layouts {
namespace {

class Damage {
  public:
    explicit Damage(unsigned seed) : random_(seed) {}

    std::string apply(const std::string& text) {
        std::vector<std::string> lines;
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);) lines.push_back(line);
        for (std::size_t times = 1 + below(3); times > 0 && !lines.empty(); --times) damage_one(lines);
        std::string out;
        for (const auto& line : lines) out += line + "\n";
        return out;
    }

  private:
    std::size_t below(std::size_t limit) { return random_() % limit; }

    void damage_one(std::vector<std::string>& lines) {
        static const char* const sizes[] = {"\"rest\"", "0",         "1",      "\"4K\"",    "\"16K\"",
                                            "\"32K\"",  "\"1008K\"", "\"2M\"", "0xffffffff"};
        const auto at = below(lines.size());
        const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
        switch (below(5)) {
        case 0:
            lines.erase(place);
            return;
        case 1:
            lines.insert(place, lines[below(lines.size())]);
            return;
        case 2:
            std::swap(lines[at], lines[below(lines.size())]);
            return;
        case 3:
            lines.insert(place, std::string("offset = ") + sizes[below(std::size(sizes))]);
            return;
        default:
            if (const auto equals = lines[at].find("size = "); equals != std::string::npos)
                lines[at] = lines[at].substr(0, equals) + "size = " + sizes[below(std::size(sizes))];
            else if (!lines[at].empty())
                lines[at][below(lines[at].size())] = static_cast<char>(' ' + below(95));
        }
    }

    std::mt19937 random_;
};

void expect_sound(const Model& model) {
    const auto& core = model.core;
    EXPECT_EQ(model.find(Role::bootloader)->address, 0u);
    EXPECT_LE(core.primary.base + core.primary.size, 1024u * 1024);
    EXPECT_LE(std::uint64_t{core.secondary.base} + core.secondary.size, core.external_size);
    EXPECT_LE(model.max_image, core.primary.size);
    EXPECT_LE(model.max_image, core.secondary.size);
    EXPECT_GT(model.max_image, core.header_size + tlv_room);
    EXPECT_GE(core.journal.size, core.journal_banks * core.journal_bank_bytes + 2 * core.journal_record_bytes);
    EXPECT_EQ(model.application_address() % model.mcu->vector_table_align, 0u);
    std::uint32_t at = 0;
    std::uint32_t largest = 0;
    for (const auto& chunk : model.chunks) {
        EXPECT_EQ(chunk.offset, at);
        at += chunk.size;
        largest = std::max(largest, chunk.size);
    }
    EXPECT_EQ(at, core.primary.size);
    if (core.plan != core::Plan::overwrite) {
        EXPECT_GE(core.hole.size, largest);
    }
    if (core.plan == core::Plan::offset) {
        EXPECT_EQ(core.hole.base, core.secondary.base + core.secondary.size);
    }
    for (const auto& a : model.regions)
        for (const auto& b : model.regions)
            EXPECT_TRUE(&a == &b || a.memory != b.memory || a.end() <= b.offset || b.end() <= a.offset)
                << a.name << " " << b.name;
}

} // namespace

TEST(DamagedLayout, it_gets_a_verdict_and_what_is_accepted_is_sound) {
    int accepted = 0;
    int refused = 0;
    for (const char* file : {"layout.toml", "layout-scratch.toml", "layout-overwrite.toml"}) {
        const auto whole = example(file);
        for (unsigned seed = 0; seed < 500; ++seed) {
            const auto text = Damage(seed).apply(whole);
            const auto loaded = parse(text, file);
            SCOPED_TRACE(std::string(file) + ", seed " + std::to_string(seed));
            EXPECT_EQ(loaded.model.has_value(), !loaded.diagnostics.failed());
            if (!loaded.model) {
                ++refused;
                continue;
            }
            ++accepted;
            expect_sound(*loaded.model);
            EXPECT_FALSE(picture(*loaded.model, {}, false).empty());
            EXPECT_EQ(emit_all(*loaded.model).size(), 12u);
        }
    }
    EXPECT_GT(accepted, 100);
    EXPECT_GT(refused, 300);
}

} // namespace outboot::layouts

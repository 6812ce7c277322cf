// A board just good enough to verify on, and a good image to spoil. Verification is the core's, with the real
// cryptography.
#pragma once

#include <functional>

#include <gtest/gtest.h>

#include "core/verify.hpp"
#include "crypto/compact.hpp"
#include "tests/core/real_image.hpp"

namespace outboot::core {

inline constexpr std::uint32_t address = 0x4000;
inline constexpr std::array<std::uint8_t, 8> fingerprint{1, 2, 3, 4, 5, 6, 7, 8};

// Just enough of a board to verify on: bytes, and a place up to which the external chip can be read.
struct TestBoard {
    struct Memory {
        Data bytes;
        std::size_t readable = ~std::size_t{0};
        std::function<void(std::uint32_t, MutableBytes)> lie;

        bool read(std::uint32_t at, MutableBytes out) const {
            EXPECT_LE(at + out.size(), bytes.size()) << "read outside the chip";
            if (at + out.size() > bytes.size() || at + out.size() > readable) return false;
            std::copy_n(bytes.begin() + at, out.size(), out.begin());
            if (lie) lie(at, out);
            return true;
        }
    };

    [[nodiscard]] const Layout& layout() const { return settings; }
    [[nodiscard]] const std::uint8_t* key_block() const { return keys.data(); }
    void feed() {}

    Layout settings;
    Data keys;
    Memory code_flash;
    Memory external;
};

class VerifyTest : public testing::Test {
  protected:
    static constexpr std::uint32_t slot = 0x4000;

    VerifyTest() {
        Layout& layout = board.settings;
        layout.fingerprint = fingerprint;
        layout.code_flash_address = 0;
        layout.primary = {address, slot};
        layout.secondary = {0x1000, slot};
        layout.header_size = 0x200;
        layout.services = 3;
        good.payload = crypto::test::Random(7).bytes(3000);
        set_reset_vector(address + 0x200 + 101);
        good.signed_tlvs = {{0x4fa0, Data(fingerprint.begin(), fingerprint.end())}, {0x50, {9, 0, 0, 0}}};
        good.image_key = crypto::test::Random(8).bytes(16);
    }

    void set_reset_vector(std::uint32_t vector) {
        for (unsigned i = 0; i < 4; ++i) good.payload[4 + i] = static_cast<std::uint8_t>(vector >> 8 * i);
    }

    struct Checked : Finding {
        ImageFacts facts;
        Data wrapped_key;
    };

    Checked check(Place place, const Data& image, std::uint32_t floor = 0) {
        TestBoard::Memory& memory = place == Place::primary ? board.code_flash : board.external;
        const Slot& where = place == Place::primary ? board.settings.primary : board.settings.secondary;
        memory.bytes.assign(where.base + where.size, 0xff);
        if (image.size() > where.size) ADD_FAILURE() << "test image too large";
        std::ranges::copy(image, memory.bytes.begin() + where.base);
        const Data block = make_key_block(keys);
        EXPECT_TRUE(Keys(block.data()).valid<crypto::Compact::Sha256>());
        board.keys = block;
        Verifier<crypto::Compact, TestBoard> verifier(board);
        Checked finding;
        verifier.check(place, floor, finding, finding.facts);
        finding.wrapped_key.assign(verifier.wrapped_key().begin(), verifier.wrapped_key().end());
        EXPECT_EQ(finding.runnable(), finding.reason == Reason::none);
        return finding;
    }

    Reason staged(const RealImage& image, std::uint32_t floor = 0) {
        return check(Place::staged, build(image, keys), floor).reason;
    }
    Reason primary(const RealImage& image, std::uint32_t floor = 0) {
        return check(Place::primary, build(image, keys, true), floor).reason;
    }

    // In both places.
    void expect(Reason reason, const RealImage& image) {
        EXPECT_EQ(staged(image), reason);
        EXPECT_EQ(primary(image), reason);
    }

    TestBoard board;
    TestKeys keys;
    RealImage good;
};

} // namespace outboot::core

// The table itself: an application finds in the real bootloader what FORMAT.md says, and takes nothing else for it.
#include <gtest/gtest.h>

#include "app/service_check.hpp"
#include "tests/services/table.hpp"

namespace outboot::services::test {
namespace {

class ServiceTable : public testing::Test {
  protected:
    [[nodiscard]] static outboot_crypto_status check(const std::vector<std::uint32_t>& words) {
        const auto& layout = product().core;
        return check_service_table(words, layout.code_flash_address, layout.service_table_address);
    }
    const std::vector<std::uint32_t> good = Table(Watch::nothing).words();
    const std::size_t used = (entries_at + 4 * entries) / 4;
};

TEST_F(ServiceTable, of_the_real_bootloader_is_accepted_and_has_everything) {
    EXPECT_EQ(check(good), outboot_crypto_ok);
    EXPECT_EQ(good[2], (1U << outboot_service_count) - 1);
    EXPECT_EQ(good[1] >> 16, used * 4);
    for (std::size_t i = entries_at / 4; i < used; ++i) EXPECT_NE(good[i], 0U) << i;
}

TEST_F(ServiceTable, with_any_one_bit_flipped_is_refused) {
    for (std::size_t bit = 0; bit < 32 * used; ++bit) {
        auto words = good;
        words[bit / 32] ^= 1U << bit % 32;
        EXPECT_NE(check(words), outboot_crypto_ok) << "bit " << bit;
    }
}

TEST_F(ServiceTable, that_is_missing_is_told_from_one_of_another_version) {
    EXPECT_EQ(check(std::vector<std::uint32_t>(good.size(), 0xffffffff)), outboot_crypto_no_table);
    EXPECT_EQ(check({}), outboot_crypto_no_table);
    auto words = good;
    words[1] += 1;
    words[5] -= 1; // its sum is right
    EXPECT_EQ(check(words), outboot_crypto_other_version);
}

TEST_F(ServiceTable, with_a_right_sum_but_pointers_elsewhere_is_refused) {
    const auto& layout = product().core;
    for (const std::uint32_t elsewhere : {layout.keys_address | 1U, 0x20000001U, good[entries_at / 4] & ~1U}) {
        auto words = good;
        words[5] += words[entries_at / 4] - elsewhere;
        words[entries_at / 4] = elsewhere;
        EXPECT_EQ(check(words), outboot_crypto_damaged) << elsewhere;
    }
}

} // namespace
} // namespace outboot::services::test

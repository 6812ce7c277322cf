#include "layout/starter.hpp"

#include <gtest/gtest.h>

#include "tests/layout/examples.hpp"

namespace outboot::layouts {

TEST(Starter, every_combination_of_parts_and_plans_makes_a_layout_without_fault) {
    for (const auto& mcu : mcu_parts())
        for (const auto& nor : nor_parts())
            for (const auto plan : {core::Plan::offset, core::Plan::scratch, core::Plan::overwrite})
                for (const auto encryption : {Encryption::none, Encryption::ecies_p256_aes128}) {
                    SCOPED_TRACE(mcu->name + " " + nor->name + " " + to_string(plan));
                    const auto loaded = parse(
                        starting_layout({.mcu = mcu, .external = nor, .plan = plan, .encryption = encryption}), "l");
                    ASSERT_TRUE(loaded.model) << all_messages(loaded);
                    EXPECT_TRUE(loaded.diagnostics.all().empty()) << all_messages(loaded);
                    EXPECT_EQ(loaded.model->core.plan, plan);
                    EXPECT_EQ(loaded.model->encryption, encryption);
                }
}

TEST(Starter, the_example_products_slots_are_what_it_makes_for_their_parts) {
    const auto made = parse(starting_layout({.mcu = find_mcu("R7FA6M4AF"), .external = find_nor("W25Q16JV")}), "l");
    const auto example_model = *parse(example(), "l").model;
    EXPECT_EQ(made.model->core.fingerprint, example_model.core.fingerprint);
}

TEST(Starter, a_chip_too_small_for_the_primary_slot_limits_the_images) {
    auto small = *find_nor("W25Q16JV");
    small.size = 512 * 1024;
    // Not in the catalogue: only the sizes in the text are of interest.
    const auto text = starting_layout({.mcu = find_mcu("R7FA6M4AF"), .external = std::make_shared<NorPart>(small)});
    EXPECT_NE(text.find("max_size = \"480K\""), std::string::npos) << text;
}

TEST(Starter, sizes_are_taken_as_given) {
    const auto text = starting_layout(
        {.mcu = find_mcu("R7FA6M4AF"), .external = find_nor("MX25L25645G"), .bootloader = 32 * 1024, .files = "8M"});
    const auto loaded = parse(text, "l");
    ASSERT_TRUE(loaded.model) << all_messages(loaded);
    EXPECT_EQ(loaded.model->find(Role::bootloader)->size, 32u * 1024);
    EXPECT_EQ(loaded.model->find(Role::primary)->size, 992u * 1024);
    EXPECT_NE(text.find("size = \"8M\""), std::string::npos);
    EXPECT_EQ(starting_layout({.mcu = find_mcu("nRF5340"), .external = find_nor("W25Q16JV"), .files = "none"})
                  .find("name = \"files\""),
              std::string::npos);
}

} // namespace outboot::layouts

// The C header, from a C program.
#include "tests/app/update_c_program.h"

#include <gtest/gtest.h>

namespace outboot {
namespace {

// Each answers the line of update_c_program.c where something is wrong.
TEST(UpdateFromC, stages_and_requests) {
    EXPECT_EQ(c_stages_and_requests(), 0);
}
TEST(UpdateFromC, goes_on_where_it_was) {
    EXPECT_EQ(c_goes_on_where_it_was(), 0);
}
TEST(UpdateFromC, bad_arguments_are_refused) {
    EXPECT_EQ(c_bad_arguments_are_refused(), 0);
}
TEST(UpdateFromC, busy_device_is_told) {
    EXPECT_EQ(c_busy_device_is_told(), 0);
}

} // namespace
} // namespace outboot

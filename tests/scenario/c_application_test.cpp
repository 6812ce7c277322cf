// The application in C, compiled by the C compiler, through app/outboot_update.h on the real device.
#include <fmt/format.h>

#include "rig/xmodem.hpp"
#include "tests/scenario/scenario.hpp"

namespace outboot::scenario {
namespace {

class CApplication : public Scenario {
  protected:
    CApplication() : Scenario(c_product()) {}

    void receive(const Image& image) {
        ASSERT_EQ(device.ask(fmt::format("receive {}", image.staged.size())), "receive: send with XMODEM");
        ASSERT_EQ(send_xmodem(device.board, image.staged).stop, board::Stop::uart_text);
        ASSERT_EQ(device.board.run({.uart_text = "receive: ok\r\n"}).stop, board::Stop::uart_text);
    }
};

TEST_F(CApplication, receives_an_update_and_confirms_it) {
    const Image v1 = image(1, 2);
    const Image v2 = image(2, 3, 7);
    begin_with(v1);
    receive(v2);
    EXPECT_EQ(device.ask("request test"), "request test: ok");
    expect_runs(device.reset(), v2);
    expect_state(Phase::on_trial, Outcome::on_trial, Reason::none, 1);
    EXPECT_EQ(device.ask("confirm"), "confirm: ok");
    EXPECT_EQ(device.ask("status"),
              "status: version 2.0.0, phase on_trial, last outcome on_trial, reason none, attempts "
              "left 2, confirmed");
    expect_runs(device.reset(), v2);
    expect_state(Phase::idle, Outcome::installed, Reason::none, 7);
}

TEST_F(CApplication, is_told_why_an_update_was_reverted) {
    const Image v1 = image(1, 2);
    const Image v2 = image(2, 2);
    begin_with(v1);
    expect_runs(device.update(v2, Request::test), v2);
    use_up_attempts(v2);
    expect_runs(device.start(), v1);
    expect_state(Phase::idle, Outcome::reverted, Reason::not_confirmed, 1);
}

TEST_F(CApplication, is_refused_what_the_library_refuses) {
    const Image v1 = image(1, 2);
    const Image v2 = image(2, 2);
    begin_with(v1);
    EXPECT_EQ(device.ask(fmt::format("receive {}", largest_image(device.product) + 1)), "receive: too large");
    expect_runs(device.update(v2, Request::test), v2);
    EXPECT_EQ(device.ask("receive 50000"), "receive: not confirmed");
    EXPECT_EQ(device.ask("request permanent"), "request permanent: not confirmed");
}

} // namespace
} // namespace outboot::scenario

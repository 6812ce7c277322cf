#include "tool/passwords.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

// The terminal of this session, without echo until it goes.
class SilentTerminal {
  public:
    SilentTerminal() : descriptor_(open("/dev/tty", O_RDWR | O_CLOEXEC)) {
        if (!usable() || tcgetattr(descriptor_, &before_) != 0) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silenced_ = tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    ~SilentTerminal() {
        if (silenced_) tcsetattr(descriptor_, TCSAFLUSH, &before_);
        if (usable()) close(descriptor_);
    }

    [[nodiscard]] bool usable() const { return descriptor_ >= 0; }

    std::string ask(const std::string& question) {
        say(question);
        std::string answer;
        for (char c = 0; read(descriptor_, &c, 1) == 1 && c != '\n';) answer += c;
        say("\n");
        return answer;
    }

  private:
    void say(const std::string& text) {
        // A prompt that can't be shown is no reason not to go on.
        if (write(descriptor_, text.data(), text.size()) < 0) return;
    }

    int descriptor_;
    termios before_{};
    bool silenced_ = false;
};

} // namespace

std::optional<std::string> find_password(const std::string& path) {
    if (const char* given = std::getenv("OUTBOOT_PASSWORD")) return given;
    SilentTerminal terminal;
    if (!terminal.usable()) return std::nullopt;
    return terminal.ask(fmt::format("Password of {}: ", path));
}

std::string choose_password(const std::string& path) {
    if (const char* given = std::getenv("OUTBOOT_PASSWORD"); given && *given) return given;
    SilentTerminal terminal;
    if (!terminal.usable())
        throw Failure("there is no terminal to ask for a password at",
                      "set the environment variable OUTBOOT_PASSWORD for this command");
    const auto password = terminal.ask(fmt::format("New password for {}: ", path));
    if (password.empty()) throw Failure("a password can't be empty", "leave --password out for a key without one");
    if (terminal.ask("Once more: ") != password) throw Failure("the two passwords differ", "try again");
    return password;
}

} // namespace outboot::tool

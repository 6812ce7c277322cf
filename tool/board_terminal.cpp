#include "tool/board_terminal.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "tool/console.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {

Terminal Terminal::open(const std::string& kind, const std::string& pty_link, bool use_stdout) {
    constexpr std::string_view file = "file:";
    Terminal t;
    if (kind == "stdio")
        t.open_stdio(use_stdout);
    else if (kind == "pty")
        t.open_pty(pty_link);
    else if (kind.starts_with(file) && kind.size() > file.size())
        t.open_file(kind.substr(file.size()));
    else if (kind != "none")
        throw CLI::ValidationError("--uart", fmt::format("'{}' is none of stdio, none, pty, file:PATH", kind));
    if (kind != "pty" && !pty_link.empty()) throw CLI::ValidationError("--pty-link", "goes with --uart pty");
    return t;
}

Terminal::Terminal(Terminal&& other) noexcept
    : in_(other.in_), out_(other.out_), owned_(std::exchange(other.owned_, -1)),
      slave_(std::exchange(other.slave_, -1)), link_(std::exchange(other.link_, {})),
      restore_(std::exchange(other.restore_, false)), old_mode_(other.old_mode_) {}

Terminal::~Terminal() {
    if (restore_) tcsetattr(STDIN_FILENO, TCSANOW, &old_mode_);
    if (owned_ >= 0) ::close(owned_);
    if (slave_ >= 0) ::close(slave_);
    std::error_code ignored;
    if (!link_.empty()) std::filesystem::remove(link_, ignored);
}

// Keys go to the firmware one by one and without an echo; Ctrl-C still ends the program.
void Terminal::open_stdio(bool use_stdout) {
    in_ = STDIN_FILENO;
    if (use_stdout) out_ = STDOUT_FILENO;
    if (isatty(STDIN_FILENO) == 0 || tcgetattr(STDIN_FILENO, &old_mode_) != 0) return;
    termios mode = old_mode_;
    mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    restore_ = tcsetattr(STDIN_FILENO, TCSANOW, &mode) == 0;
}

void Terminal::open_pty(const std::string& link) {
    const auto fail = [](const char* what) {
        throw Failure(fmt::format("no pseudo-terminal: {}: {}", what, std::strerror(errno)));
    };
    owned_ = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (owned_ < 0) fail("open");
    if (grantpt(owned_) != 0 || unlockpt(owned_) != 0) fail("unlock");
    const char* name = ptsname(owned_);
    if (!name) fail("name");
    // Raw from the start, for programs that don't set it. Kept open, so that what the firmware says before a program
    // comes, or between two of them, waits in the terminal's buffer.
    slave_ = ::open(name, O_RDWR | O_NOCTTY);
    if (slave_ < 0) fail(name);
    termios mode{};
    if (tcgetattr(slave_, &mode) == 0) {
        cfmakeraw(&mode);
        tcsetattr(slave_, TCSANOW, &mode);
    }
    in_ = out_ = owned_;

    if (!link.empty()) {
        std::error_code error;
        if (std::filesystem::is_symlink(std::filesystem::symlink_status(link))) std::filesystem::remove(link, error);
        std::filesystem::create_symlink(name, link, error);
        if (error) throw Failure(fmt::format("{}: the link to {} can't be made: {}", link, name, error.message()));
        link_ = link;
    }
    print_note(fmt::format("UART at {}{}{}", name, link.empty() ? "" : ", linked from ", link));
}

void Terminal::open_file(const std::string& path) {
    owned_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (owned_ < 0) throw Failure(fmt::format("{}: can't be written: {}", path, std::strerror(errno)));
    out_ = owned_;
}

} // namespace outboot::tool

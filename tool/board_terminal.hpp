// Where the virtual board's UART goes: this terminal, a pseudo-terminal, a file or nowhere.
#pragma once

#include <string>

#include <termios.h>

namespace outboot::tool {

class Terminal {
  public:
    // `kind`: stdio, none, pty or file:PATH. Throws CLI::ValidationError for another, Failure if it can't be had.
    // `use_stdout` false: stdio is only read, stdout is needed for something else.
    static Terminal open(const std::string& kind, const std::string& pty_link, bool use_stdout);
    ~Terminal();
    Terminal(Terminal&& other) noexcept;
    Terminal& operator=(Terminal&&) = delete;

    int in() const { return in_; }
    int out() const { return out_; }

  private:
    Terminal() = default;
    void open_stdio(bool use_stdout);
    void open_pty(const std::string& link);
    void open_file(const std::string& path);

    int in_ = -1, out_ = -1;
    int owned_ = -1;       // to be closed
    int slave_ = -1;       // likewise: the other end of a pseudo-terminal
    std::string link_;     // to be removed
    bool restore_ = false; // this terminal's mode was changed
    termios old_mode_{};
};

} // namespace outboot::tool

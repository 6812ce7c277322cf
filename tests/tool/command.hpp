// Runs the real `outboot` command, in a directory of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tool/primitives.hpp"

namespace outboot::tool {

struct Ran {
    int exit_code = -1;
    std::string out;
    std::string err;

    [[nodiscard]] bool says(const std::string& words) const {
        return out.find(words) != std::string::npos || err.find(words) != std::string::npos;
    }
};

// Removed with everything in it at the end of the test.
class Workspace {
  public:
    Workspace();
    ~Workspace();
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }
    [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(directory_ / name); }
    [[nodiscard]] std::vector<std::string> files() const; // names, sorted

    void write(const std::string& name, ByteSpan content) const;
    void write(const std::string& name, const std::string& content) const;
    [[nodiscard]] ByteVector read(const std::string& name) const;
    [[nodiscard]] std::string text(const std::string& name) const;

    // Runs in `cwd`, or here. Its standard input is empty.
    [[nodiscard]] Ran outboot(const std::vector<std::string>& arguments, const std::string& cwd = {}) const;

    // The same at a terminal, 100 columns wide, with this variable set, if any: "NO_COLOR=1". All it shows is in `out`.
    [[nodiscard]] Ran outboot_at_terminal(const std::vector<std::string>& arguments,
                                          const std::string& variable = {}) const;

  private:
    std::filesystem::path directory_;
};

ByteVector read_bytes(const std::string& path);

} // namespace outboot::tool

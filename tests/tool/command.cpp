#include "tests/tool/command.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

namespace outboot::tool {
namespace fs = std::filesystem;

Workspace::Workspace() {
    std::string pattern = (fs::temp_directory_path() / "outboot-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
}

Workspace::~Workspace() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
}

std::vector<std::string> Workspace::files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(".captured-")) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

void Workspace::write(const std::string& name, ByteSpan content) const {
    std::ofstream out(path(name), std::ios::binary);
    out.write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
}

void Workspace::write(const std::string& name, const std::string& content) const {
    write(name, ByteSpan(reinterpret_cast<const std::uint8_t*>(content.data()), content.size()));
}

ByteVector Workspace::read(const std::string& name) const {
    return read_bytes(path(name));
}

std::string Workspace::text(const std::string& name) const {
    const auto bytes = read(name);
    return {bytes.begin(), bytes.end()};
}

Ran Workspace::outboot(const std::vector<std::string>& arguments, const std::string& cwd) const {
    std::vector<std::string> words{OUTBOOT_COMMAND};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const auto out = path(".captured-out");
    const auto err = path(".captured-err");
    const auto where = cwd.empty() ? directory_.string() : cwd;
    const pid_t child = fork();
    if (child == 0) {
        const int nothing = open("/dev/null", O_RDONLY);
        const int out_file = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        const int err_file = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (chdir(where.c_str()) != 0 || dup2(nothing, 0) < 0 || dup2(out_file, 1) < 0 || dup2(err_file, 2) < 0)
            _exit(126);
        execv(argv[0], argv.data());
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text(".captured-out"), text(".captured-err")};
}

Ran Workspace::outboot_at_terminal(const std::vector<std::string>& arguments, const std::string& variable) const {
    std::vector<std::string> words{OUTBOOT_COMMAND};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::string setting = variable;
    const winsize size{.ws_row = 40, .ws_col = 100, .ws_xpixel = 0, .ws_ypixel = 0};
    int terminal = -1;
    const pid_t child = forkpty(&terminal, nullptr, nullptr, &size);
    if (child == 0) {
        setenv("TERM", "xterm", 1);
        unsetenv("NO_COLOR");
        if (!setting.empty()) putenv(setting.data());
        if (chdir(directory_.c_str()) != 0) _exit(126);
        execv(argv[0], argv.data());
        _exit(127);
    }
    Ran ran;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::read(terminal, piece.data(), piece.size())) > 0;) // ends with an error on Linux
        ran.out.append(piece.data(), static_cast<std::size_t>(got));
    close(terminal);
    int status = 0;
    waitpid(child, &status, 0);
    ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

ByteVector read_bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("no file " + path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace outboot::tool

#include "tool/files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

std::string hint_for(int error) {
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return "free some space and try again; nothing was written";
    case EACCES:
    case EPERM:
    case EROFS:
        return "check the permissions of the directory; nothing was written";
    case ENOENT:
        return "create the directory first; nothing was written";
    default:
        return "nothing was written";
    }
}

[[noreturn]] void fail(const std::string& path, int error) {
    throw Failure(fmt::format("can't write {}: {}", path, reason(error)), hint_for(error));
}

// Removes the temporary file unless the writing came to its end.
class Temporary {
  public:
    Temporary(const std::string& target, Access access) : target_(target), path_(target + ".XXXXXX") {
        descriptor_ = mkstemp(path_.data()); // mode 0600
        if (descriptor_ < 0) fail(target_, errno);
        if (access == Access::ordinary) {
            const mode_t mask = umask(0);
            umask(mask);
            if (fchmod(descriptor_, 0666 & ~mask) != 0) abandon(errno);
        }
    }
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        if (descriptor_ >= 0) close(descriptor_);
        if (!path_.empty()) unlink(path_.c_str());
    }

    void write(std::span<const std::uint8_t> content) {
        while (!content.empty()) {
            const ssize_t written = ::write(descriptor_, content.data(), content.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) abandon(errno);
            content = content.subspan(static_cast<std::size_t>(written));
        }
        if (fsync(descriptor_) != 0) abandon(errno);
        const int descriptor = std::exchange(descriptor_, -1);
        if (close(descriptor) != 0) abandon(errno);
    }

    void replace_target() {
        if (rename(path_.c_str(), target_.c_str()) != 0) abandon(errno);
        path_.clear();
    }

    // link() refuses an existing name, so two writers can't both believe they made the file.
    void become_target() {
        if (link(path_.c_str(), target_.c_str()) == 0) return;
        if (errno != EEXIST) abandon(errno);
        throw Failure(fmt::format("{} exists already", target_), "choose another name, or remove the file yourself");
    }

  private:
    [[noreturn]] void abandon(int error) { fail(target_, error); } // the destructor cleans up

    std::string target_;
    std::string path_;
    int descriptor_ = -1;
};

bool is_special(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

void write_special(const std::string& path, std::span<const std::uint8_t> content) {
    const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) fail(path, errno);
    int error = 0;
    while (!content.empty() && error == 0) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written >= 0)
            content = content.subspan(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            error = errno;
    }
    if (close(descriptor) != 0 && error == 0) error = errno;
    if (error != 0) fail(path, error);
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

} // namespace

std::vector<std::uint8_t> read_file(const std::string& path, const std::string& what) {
    const auto give_up = [&](int error) {
        throw Failure(fmt::format("can't read {} {}: {}", what, path, reason(error)));
    };
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) give_up(errno);
    std::vector<std::uint8_t> content;
    std::vector<std::uint8_t> piece(1 << 16);
    while (true) {
        const ssize_t got = read(descriptor, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            const int error = errno;
            close(descriptor);
            give_up(error);
        }
        if (got == 0) break;
        content.insert(content.end(), piece.begin(), piece.begin() + got);
    }
    close(descriptor);
    return content;
}

void write_file(const std::string& path, std::span<const std::uint8_t> content, Access access) {
    if (is_special(path)) return write_special(path, content);
    Temporary temporary(path, access);
    temporary.write(content);
    temporary.replace_target();
}

void write_file(const std::string& path, const std::string& content, Access access) {
    write_file(path, bytes_of(content), access);
}

void create_file(const std::string& path, const std::string& content, Access access) {
    Temporary temporary(path, access);
    temporary.write(bytes_of(content));
    temporary.become_target();
}

void make_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw Failure(fmt::format("can't create {}: {}", path, error.message()));
}

} // namespace outboot::tool

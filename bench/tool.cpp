// bench/tool: how long the outboot command takes to sign and to verify an image, and how long OpenSSL's command takes
// for the same hash, signature and cipher. Both are whole processes, from start to exit, as a build script runs them.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/command_line.hpp"
#include "tool/files.hpp"
#include "tool/primitives.hpp"

namespace outboot::bench {
namespace {

namespace fs = std::filesystem;
using Command = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

// What is done, by outboot in one command, by OpenSSL in one for each part of it.
struct Job {
    std::string name;
    Command outboot;
    std::vector<Command> openssl;
};

struct Row {
    std::string name;
    double outboot_ms = 0;
    double openssl_ms = 0;
};

class Directory {
  public:
    Directory() : path_((fs::temp_directory_path() / "outboot-bench-XXXXXX").string()) {
        if (!mkdtemp(path_.data())) throw std::runtime_error("no temporary directory");
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] std::string file(const std::string& name) const { return (fs::path(path_) / name).string(); }

  private:
    std::string path_;
};

// Silently; throws if it fails.
void run(const Command& command) {
    Command words = command;
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t silence;
    posix_spawn_file_actions_init(&silence);
    for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&silence, descriptor, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int error = posix_spawnp(&child, arguments[0], &silence, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&silence);
    int status = 0;
    if (error != 0 || waitpid(child, &status, 0) != child || status != 0) {
        std::string text;
        for (const auto& word : command) text += " " + word;
        throw std::runtime_error("this command failed:" + text);
    }
}

double milliseconds_of(const std::vector<Command>& commands) {
    const auto start = Clock::now();
    for (const auto& command : commands) run(command);
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

class ToolBench {
  public:
    explicit ToolBench(std::size_t bytes) : slot_(fmt::format("{}", 2 * bytes + 65536)) {
        tool::write_file(program_, tool::random_bytes(bytes));
        for (const auto& key : {signer_, device_}) {
            run({OUTBOOT_COMMAND, "keygen", "-t", "ecdsa-p256", "-k", key});
            run({OUTBOOT_COMMAND, "getpub", "-e", "pem", "-k", key, "-o", key + ".pub"});
        }
    }

    std::vector<Row> measure(unsigned runs) {
        std::vector<Row> rows;
        for (const auto& job : jobs()) {
            std::vector<double> outboot;
            std::vector<double> openssl;
            milliseconds_of({job.outboot}); // once for the file cache, and for what later jobs read
            milliseconds_of(job.openssl);
            for (unsigned i = 0; i < runs; ++i) { // in turn: what else the machine does hits both
                outboot.push_back(milliseconds_of({job.outboot}));
                openssl.push_back(milliseconds_of(job.openssl));
            }
            rows.push_back({job.name, median(outboot), median(openssl)});
        }
        return rows;
    }

  private:
    [[nodiscard]] Command sign(const std::string& output, const Command& more = {}) const {
        Command command{OUTBOOT_COMMAND, "sign",         "-k", signer_, "-v", "1.0.0", "-H",
                        "0x200",         "--pad-header", "-S", slot_};
        command.insert(command.end(), more.begin(), more.end());
        command.insert(command.end(), {program_, output});
        return command;
    }

    [[nodiscard]] Command cipher(const std::string& from, const std::string& to) const {
        return {"openssl", "enc", "-aes-128-ctr", "-K", std::string(32, '1'), "-iv", std::string(32, '0'),
                "-in",     from,  "-out",         to};
    }

    [[nodiscard]] std::vector<Job> jobs() const {
        const auto image = directory_.file("image");
        const auto encrypted = directory_.file("encrypted");
        const auto signature = directory_.file("signature");
        const auto ciphertext = directory_.file("ciphertext");
        const Command sign_hash{"openssl", "dgst", "-sha256", "-sign", signer_, "-out", signature, program_};
        const Command verify_hash{"openssl",        "dgst",       "-sha256", "-verify",
                                  signer_ + ".pub", "-signature", signature, program_};
        return {{"start only", {OUTBOOT_COMMAND, "version"}, {{"openssl", "version"}}},
                {"sign", sign(image), {sign_hash}},
                {"verify", {OUTBOOT_COMMAND, "verify", "-k", signer_ + ".pub", image}, {verify_hash}},
                {"sign, encrypt", sign(encrypted, {"-E", device_ + ".pub"}), {sign_hash, cipher(program_, ciphertext)}},
                {"decrypt, verify",
                 {OUTBOOT_COMMAND, "verify", "-k", signer_ + ".pub", "--decrypt-key", device_, encrypted},
                 {cipher(ciphertext, directory_.file("clear")), verify_hash}}};
    }

    Directory directory_;
    std::string slot_;
    std::string program_ = directory_.file("program");
    std::string signer_ = directory_.file("signer.pem");
    std::string device_ = directory_.file("device.pem");
};

void print_table(const std::vector<Row>& rows, std::size_t bytes, unsigned runs) {
    fmt::print("ECDSA-P256, AES-128-CTR, {} bytes; median of {} runs of whole processes\n", bytes, runs);
    fmt::print("{:<16} {:>12} {:>12} {:>8}\n", "", "outboot ms", "openssl ms", "ratio");
    for (const auto& row : rows)
        fmt::print("{:<16} {:>12.1f} {:>12.1f} {:>8.2f}\n", row.name, row.outboot_ms, row.openssl_ms,
                   row.outboot_ms / row.openssl_ms);
}

nlohmann::ordered_json as_json(const std::vector<Row>& rows) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& row : rows)
        list.push_back({{"job", row.name}, {"outboot_ms", row.outboot_ms}, {"openssl_ms", row.openssl_ms}});
    return list;
}

} // namespace
} // namespace outboot::bench

int main(int argc, char** argv) {
    using namespace outboot::bench;
    CLI::App app{"How long outboot takes to sign and verify, beside OpenSSL's own commands", "bench/tool"};
    std::size_t bytes = 1 << 20;
    unsigned runs = 15;
    bool json = false;
    app.add_option("--size", bytes, "Bytes of the program")->capture_default_str();
    app.add_option("--runs", runs, "Runs of each, of which the median counts")->capture_default_str();
    app.add_flag("--json", json, "Result as JSON");
    return run_bench(app, argc, argv, [&] {
        if (bytes == 0 || bytes > 1U << 28U || runs == 0)
            throw std::runtime_error("--size: 1 to 268435456; --runs: 1 or more");
        const auto rows = ToolBench(bytes).measure(runs);
        if (json)
            fmt::print("{}\n", as_json(rows).dump(2));
        else
            print_table(rows, bytes, runs);
        return true;
    });
}

// outboot layout init
#include "tool/layout_init_command.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "layout/fingerprint.hpp"
#include "layout/model.hpp"
#include "layout/starter.hpp"
#include "layout/text.hpp"
#include "layout/words.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"

namespace outboot::tool {
namespace {

namespace words = layouts::words;

struct Question {
    std::optional<std::string> InitAnswers::*answer;
    std::string option;
    std::string text;
    std::vector<std::string> words; // the first is offered; empty: a size, "rest" or "none"
};

template <class Part>
std::vector<std::string> names(const std::vector<Part>& parts, const std::string& first) {
    std::vector<std::string> all{first};
    for (const auto& part : parts)
        if (part->name != first) all.push_back(part->name);
    return all;
}

const std::vector<Question>& questions() {
    static const std::vector<Question> all{
        {&InitAnswers::mcu, "--mcu", "MCU", names(layouts::mcu_parts(), "R7FA6M4AF")},
        {&InitAnswers::nor, "--nor", "External chip", names(layouts::nor_parts(), "W25Q16JV")},
        {&InitAnswers::plan, "--plan", "How updates change places with the running image", words::texts(words::plans)},
        {&InitAnswers::encryption, "--encryption", "Encryption of images", {"ecies-p256-aes128", "none"}},
        {&InitAnswers::files, "--files", "The application's region in the external chip: a size, rest or none", {}}};
    return all;
}

std::string offered(const Question& question) {
    return question.words.empty() ? "rest" : question.words.front();
}

// What is wrong with an answer; nothing if it can be used.
std::optional<std::string> complaint(const Question& question, const std::string& answer) {
    if (question.words.empty()) {
        if (answer == "rest" || answer == "none" || layouts::parse_size(answer)) return std::nullopt;
        return fmt::format("'{}' is not a size such as 512K, nor rest or none", answer);
    }
    if (std::find(question.words.begin(), question.words.end(), answer) != question.words.end()) return std::nullopt;
    return fmt::format("'{}' is not known; {}", answer, layouts::suggest(answer, question.words));
}

struct InitOptions {
    std::string layout = "layout.toml";
    std::string name;
    std::string bootloader;
    InitAnswers answers;
    bool force = false;
};

// What options said must be usable; what they didn't say is asked for, or taken as offered where nobody can be asked.
void complete(InitAnswers& answers) {
    for (const auto& question : questions())
        if (const auto& given = answers.*question.answer)
            if (const auto wrong = complaint(question, *given)) throw CLI::ValidationError(question.option, *wrong);
    if (isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1) return ask(answers, std::cin, std::cout);
    if (!answers.mcu || !answers.nor)
        throw CLI::RequiredError("--mcu and --nor, where there is no terminal to ask at,");
    for (const auto& question : questions())
        if (!(answers.*question.answer)) answers.*question.answer = offered(question);
}

std::string starting_text(const InitOptions& options) {
    const auto& answers = options.answers;
    layouts::Starter starter;
    starter.name = options.name;
    starter.mcu = layouts::find_mcu(*answers.mcu);
    starter.external = layouts::find_nor(*answers.nor);
    starter.plan = *words::value(words::plans, answers.plan);
    starter.encryption = *words::value(words::encryptions, answers.encryption);
    starter.files = *answers.files;
    if (!options.bootloader.empty()) {
        const auto size = layouts::parse_size(options.bootloader);
        if (!size || *size == 0)
            throw CLI::ValidationError("--bootloader",
                                       fmt::format("'{}' is not a size such as 16K", options.bootloader));
        starter.bootloader = *size;
    }
    return layouts::starting_layout(starter);
}

void init(InitOptions& options) {
    std::error_code ignored;
    const std::filesystem::path path(options.layout);
    if (!options.force && std::filesystem::exists(std::filesystem::symlink_status(path, ignored)))
        throw Failure(fmt::format("{} exists", options.layout), "choose another name, or --force to replace it");
    if (options.name.empty()) {
        options.name = std::filesystem::absolute(path, ignored).parent_path().filename().string();
        std::erase_if(options.name,
                      [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' '; });
        if (options.name.empty()) options.name = "product";
    }
    complete(options.answers);
    const std::string text = starting_text(options);
    const auto loaded = layouts::parse(text, options.layout);
    if (!loaded.model) {
        print_diagnostics(loaded.diagnostics, options.layout);
        throw Failure("these answers make no layout, nothing was written", "see above which size doesn't fit");
    }
    options.force ? write_file(options.layout, text) : create_file(options.layout, text, Access::ordinary);
    fmt::print("{}: images up to {}, fingerprint {}\n"
               "  adapt it, `outboot layout check {}` it; then `outboot layout lock {}`, and commit both files\n",
               options.layout, layouts::size_text(loaded.model->max_image),
               layouts::to_hex(loaded.model->core.fingerprint), options.layout, options.layout);
}

} // namespace

void ask(InitAnswers& answers, std::istream& in, std::ostream& out) {
    for (const auto& question : questions()) {
        auto& answer = answers.*question.answer;
        while (!answer) {
            out << question.text;
            if (!question.words.empty()) out << fmt::format("\n  {}", fmt::join(question.words, ", "));
            out << fmt::format("\n  [{}]: ", offered(question)) << std::flush;
            std::string line;
            if (!std::getline(in, line)) throw Failure("no answer, nothing was written");
            line.erase(line.find_last_not_of(" \t\r") + 1);
            line.erase(0, line.find_first_not_of(" \t"));
            if (line.empty()) line = offered(question);
            if (const auto wrong = complaint(question, line))
                out << *wrong << "\n";
            else
                answer = line;
        }
    }
}

void add_layout_init(CLI::App& layout) {
    auto* command = layout.add_subcommand("init", "Write a first layout, from answers or options");
    const auto options = std::make_shared<InitOptions>();
    command->add_option("LAYOUT", options->layout, "File to write")->capture_default_str();
    for (const auto& question : questions()) {
        const std::string known = question.words.empty() ? "" : fmt::format(": {}", fmt::join(question.words, ", "));
        command->add_option(question.option, options->answers.*question.answer, question.text + known);
    }
    command->add_option("--name", options->name, "The product's name (default: the directory's)");
    command->add_option("--bootloader", options->bootloader, "The bootloader's size (default: as small as can be)");
    command->add_flag("--force", options->force, "Replace a file that exists");
    command->callback([options] { init(*options); });
    command->footer("\nOn a terminal it asks for what isn't said; elsewhere --mcu and --nor are needed.\nExample:\n"
                    "  outboot layout init --mcu R7FA6M4AF --nor W25Q16JV --plan offset layout.toml\n");
}

} // namespace outboot::tool

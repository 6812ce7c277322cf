// Help, completion and manual page: made of one command line, so they must agree with it and with each other.
#include <cstdio>
#include <functional>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/tool/product.hpp"

namespace outboot::tool {
namespace {

using Words = std::vector<std::string>;

Words split(const std::string& text, const std::string& separators) {
    Words words;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = text.find_first_not_of(separators, at);
        if (begin == std::string::npos) break;
        at = std::min(text.find_first_of(separators, begin), text.size());
        words.push_back(text.substr(begin, at - begin));
    }
    return words;
}

Words with(Words words, const std::string& more) {
    words.push_back(more);
    return words;
}

std::string joined(const Words& words) {
    std::string text = "outboot";
    for (const auto& word : words) text += " " + word;
    return text;
}

std::string help_of(const Workspace& work, const Words& command) {
    const auto ran = work.outboot(with(command, "--help"));
    EXPECT_EQ(ran.exit_code, 0) << joined(command);
    return ran.out;
}

Words commands_in(const std::string& help) {
    Words names;
    const auto at = help.find("Subcommands:\n");
    if (at == std::string::npos) return names;
    std::istringstream lines(help.substr(help.find('\n', at) + 1));
    for (std::string line; std::getline(lines, line) && line.starts_with("  ");)
        if (line[2] != ' ') names.push_back(split(line, " ,").front());
    return names;
}

// Every command that does something, with its help.
void for_each_command(const Workspace& work, const std::function<void(const Words&, const std::string&)>& visit,
                      const Words& command = {}) {
    const auto help = help_of(work, command);
    const auto below = commands_in(help);
    for (const auto& name : below) for_each_command(work, visit, with(command, name));
    if (below.empty()) visit(command, help);
}

// The long options that a help describes, but --help itself: each begins a line, behind its short form.
Words options_in(const std::string& help) {
    Words options;
    std::istringstream lines(help.substr(0, help.find("Example")));
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("  -")) continue;
        const auto words = split(line, " ,");
        const auto& name = words[0].starts_with("--") || words.size() < 2 ? words[0] : words[1];
        if (name.starts_with("--") && name != "--help") options.push_back(name.substr(0, name.find('=')));
    }
    return options;
}

// "  outboot sign ..." in a help's examples; comments and what a shell does with the output are cut off.
std::vector<Words> examples_in(const std::string& help) {
    std::vector<Words> examples;
    std::istringstream lines(help.substr(std::min(help.find("Example"), help.size())));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("  outboot ")) {
            auto words = split(line.substr(0, line.find_first_of("|>#")), " ");
            examples.emplace_back(words.begin() + 1, words.end());
        }
    return examples;
}

bool names_option(const std::string& help, const std::string& option) {
    for (const char* before : {" ", ",", "\n"})
        for (const char* after : {" ", ",", "\n", "="})
            if (help.find(before + option + after) != std::string::npos) return true;
    return false;
}

// What bash would offer for these words, the last of which is being typed.
Words completed(const Workspace& work, const Words& words) {
    std::string line;
    for (const auto& word : words) line += fmt::format(" '{}'", word);
    const auto script = fmt::format("cd '{}'; source outboot.bash; COMP_WORDS=(outboot{}); COMP_CWORD={}; _outboot; "
                                    "printf '%s\\n' \"${{COMPREPLY[@]}}\"",
                                    work.path(""), line, words.size());
    work.write("script", script);
    FILE* bash = popen(fmt::format("bash --norc '{}'", work.path("script")).c_str(), "r");
    std::string out;
    for (int c = std::fgetc(bash); c != EOF; c = std::fgetc(bash)) out += static_cast<char>(c);
    EXPECT_EQ(pclose(bash), 0);
    return split(out, "\n");
}

bool offers(const Words& offered, const std::string& word) {
    return std::find(offered.begin(), offered.end(), word) != offered.end();
}

} // namespace

TEST(Manual, every_command_has_an_example_of_options_that_exist) {
    Workspace work;
    int commands = 0;
    for_each_command(work, [&](const Words& command, const std::string& help) {
        SCOPED_TRACE(joined(command));
        ++commands;
        EXPECT_NE(help.find("Example"), std::string::npos) << help;
        for (const auto& example : examples_in(help)) {
            ASSERT_GE(example.size(), command.size());
            EXPECT_TRUE(std::equal(command.begin(), command.end(), example.begin())) << joined(example);
            for (const auto& word : example) {
                const auto option = word.substr(0, word.find('='));
                EXPECT_TRUE(!option.starts_with('-') || option == "-" || names_option(help, option)) << word;
            }
        }
    });
    EXPECT_GT(commands, 15);
}

TEST(Manual, an_example_of_signing_is_accepted_as_it_stands) {
    Workspace work;
    ASSERT_EQ(work.outboot({"keygen", "-t", "ecdsa-p256", "-k", "sign.pem"}).exit_code, 0);
    ASSERT_EQ(work.outboot({"keygen", "-t", "ecdsa-p256", "-k", "device.pem"}).exit_code, 0);
    int tried = 0;
    std::filesystem::copy_file(layout_file, work.path("layout.toml"));
    work.write("app.elf", program_elf());
    work.write("app.bin", program());
    for (const Words& command : {Words{"getpub"},
                                 {"getpubhash"},
                                 {"getpriv"},
                                 {"keyinfo"},
                                 {"sign"},
                                 {"layout", "check"},

                                 {"layout", "lock"},
                                 {"layout", "emit"}})
        for (const auto& example : examples_in(help_of(work, command))) {
            const auto ran = work.outboot(example);
            EXPECT_EQ(ran.exit_code, 0) << joined(example) << "\n" << ran.err;
            ++tried;
        }
    EXPECT_GE(tried, 9);
}

TEST(Manual, the_page_has_every_command_and_each_of_its_options) {
    Workspace work;
    const auto page = work.outboot({"man"});
    ASSERT_EQ(page.exit_code, 0);
    EXPECT_TRUE(page.out.starts_with(".TH OUTBOOT 1")) << page.out.substr(0, 100);
    for_each_command(work, [&](const Words& command, const std::string& help) {
        const auto begin = page.out.find(".SS " + joined(command).substr(8) + "\n");
        ASSERT_NE(begin, std::string::npos) << joined(command);
        const auto section = page.out.substr(begin, page.out.find("\n.SS ", begin) - begin);
        for (const auto& option : options_in(help)) {
            std::string heading = "\\fB";
            for (const char c : option) heading += c == '-' ? "\\-" : std::string(1, c);
            EXPECT_NE(section.find(heading + "\\fR"), std::string::npos) << option;
        }
    });
}

TEST(Manual, no_line_of_the_page_is_taken_for_a_request_by_accident) {
    Workspace work;
    std::istringstream lines(work.outboot({"man"}).out);
    const Words requests{".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".BR", ".nf", ".fi", ".RS", ".RE"};
    for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE((!line.starts_with('.') && !line.starts_with('\'')) || offers(requests, split(line, " ").front()))
            << line;
}

TEST(Completion, bash_offers_commands_options_and_the_few_values_of_some) {
    Workspace work;
    work.write("outboot.bash", work.outboot({"completion", "bash"}).out);
    work.write("app.elf", program_elf());
    EXPECT_EQ(completed(work, {"ver"}), (Words{"verify", "version"}));
    EXPECT_EQ(completed(work, {"layout", "em"}), Words{"emit"});
    EXPECT_EQ(completed(work, {"sign", "--header"}), Words{"--header-size"});
    EXPECT_EQ(completed(work, {"create", "--header"}), Words{"--header-size"}); // the other name of sign
    EXPECT_EQ(completed(work, {"sign", "--sha", ""}), (Words{"auto", "256", "384", "512"}));
    EXPECT_EQ(completed(work, {"sign", "--sha", "=", "3"}), Words{"384"});
    EXPECT_EQ(completed(work, {"keygen", "-t", "x"}), Words{"x25519"});
    EXPECT_EQ(completed(work, {"completion", ""}), (Words{"bash", "zsh"}));
    EXPECT_EQ(completed(work, {"sign", "--key", "app"}), Words{"app.elf"});
    EXPECT_EQ(completed(work, {"sign", "app"}), Words{"app.elf"});
    EXPECT_EQ(completed(work, {"sign", "--header-size", ""}), Words{});
    EXPECT_TRUE(offers(completed(work, {"verify", "--"}), "--decrypt-key"));
    EXPECT_FALSE(offers(completed(work, {"verify", "--"}), "--align"));
}

TEST(Completion, every_command_and_option_is_in_both_scripts) {
    Workspace work;
    for (const std::string shell : {"bash", "zsh"}) {
        const auto script = work.outboot({"completion", shell});
        ASSERT_EQ(script.exit_code, 0);
        for_each_command(work, [&](const Words& command, const std::string& help) {
            EXPECT_TRUE(script.says(command.back())) << joined(command);
            for (const auto& option : options_in(help)) EXPECT_TRUE(script.says(option)) << option;
        });
    }
    EXPECT_EQ(work.outboot({"completion", "fish"}).exit_code, 2);
}

TEST(Completion, zsh_understands_the_script) {
    Workspace work;
    if (std::system("command -v zsh >/dev/null") != 0) GTEST_SKIP() << "zsh isn't installed";
    work.write("_outboot", work.outboot({"completion", "zsh"}).out);
    EXPECT_EQ(std::system(fmt::format("zsh -n '{}'", work.path("_outboot")).c_str()), 0);
    // The real functions of zsh's completion, with what they would show printed instead.
    work.write("script", fmt::format("autoload -Uz compinit; compinit -D -u\n"
                                     "_arguments() {{ print -rl -- \"$@\" }}\n"
                                     "source '{}'\n"
                                     "_outboot_sign\n",
                                     work.path("_outboot")));
    FILE* zsh = popen(fmt::format("zsh -f '{}'", work.path("script")).c_str(), "r");
    std::string out;
    for (int c = std::fgetc(zsh); c != EOF; c = std::fgetc(zsh)) out += static_cast<char>(c);
    EXPECT_EQ(pclose(zsh), 0);
    EXPECT_NE(out.find("(--sha)--sha["), std::string::npos) << out;
    EXPECT_NE(out.find("(auto 256 384 512)"), std::string::npos) << out;
}

} // namespace outboot::tool

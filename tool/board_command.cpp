#include "tool/board_command.hpp"

#include <csignal>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "tool/board_options.hpp"
#include "tool/board_replay.hpp"
#include "tool/board_report.hpp"
#include "tool/board_terminal.hpp"
#include "tool/console.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {
namespace {

// For the signal handler: the board that runs.
board::Board* running_board = nullptr;

class InterruptGuard {
  public:
    explicit InterruptGuard(board::Board& board) {
        running_board = &board;
        struct sigaction action {};
        action.sa_handler = [](int) { running_board->interrupt(); };
        sigaction(SIGINT, &action, &old_interrupt_);
        sigaction(SIGTERM, &action, &old_terminate_);
    }
    ~InterruptGuard() {
        sigaction(SIGINT, &old_interrupt_, nullptr);
        sigaction(SIGTERM, &old_terminate_, nullptr);
        running_board = nullptr;
    }
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

  private:
    struct sigaction old_interrupt_ {
    }, old_terminate_{};
};

void plan_faults(board::Board& board, const BoardOptions& o) {
    for (const std::string& text : o.cuts) {
        const CutOption cut = parse_cut(text);
        board.operations().cut_at(cut.number, cut.moment, cut.device, cut.kind);
    }
    if (!o.random_cuts.empty()) {
        const RandomCuts cuts = parse_random_cuts(o.random_cuts);
        board.operations().cut_randomly(cuts.seed, cuts.per_operation, cuts.count);
    }
    if (o.external_dead_after) board.external().silence_after(*o.external_dead_after);
}

void load_contents(board::Board& board, const BoardOptions& o) {
    board::Contents contents = board.contents();
    read_board_files(o.files, contents);
    board.set_contents(contents);
    for (const std::string& file : o.load) {
        try {
            board.load(file);
        } catch (const std::exception& error) {
            throw Failure(
                error.what(),
                "--load takes ELF and Intel HEX files for code flash, data flash, option settings and external chip");
        }
    }
}

// Runs over power cuts, if they are to be survived here.
board::RunResult run(board::Board& board, const BoardOptions& o) {
    const board::Picoseconds limit = parse_duration(o.time);
    for (;;) {
        board.power_on();
        const board::Picoseconds left = limit > board.now() ? limit - board.now() : 0;
        board::RunResult result = board.run({.uart_text = o.until, .time = left});
        if (result.stop != board::Stop::power_cut || !o.power_back) return result;
        if (!o.json) print_note(result.detail + ", power comes back");
    }
}

bool succeeded(const board::Board& board, const board::RunResult& result, const BoardOptions& o) {
    if (!board.violations().empty() || result.stop == board::Stop::fault || result.stop == board::Stop::reset_limit)
        return false;
    return o.until.empty() || result.stop == board::Stop::uart_text || result.stop == board::Stop::power_cut;
}

void report(const board::Board& board, const board::RunResult& result, const BoardOptions& o, bool success) {
    if (o.json) {
        fmt::print("{}\n", report_json(board, result, o.ram_record));
        return;
    }
    const std::string stopped = fmt::format("stopped by {}: {}", name(result.stop), result.detail);
    const std::string sent = board.uart();
    if (o.uart == "stdio" && !sent.empty() && !sent.ends_with('\n')) fmt::print("\n");
    if (success)
        print_note(stopped);
    else if (result.stop == board::Stop::violation || result.stop == board::Stop::fault || o.until.empty())
        print_error(stopped);
    else
        print_error(fmt::format("\"{}\" was never sent; {}", o.until, stopped));
    for (const board::Violation& v : board.violations())
        print_error(fmt::format("the firmware broke a rule of the hardware at 0x{:08x}, {:.6f} s: {}", v.pc,
                                board::in_seconds(v.time), v.what));
    fmt::print(stderr, "{}", ram_record_text(board, o.ram_record));
    if (o.stats) fmt::print("{}", statistics_text(board));
}

int board_command(const BoardOptions& o) {
    if (!o.replay.empty()) return replay_on_board(o);
    board::Board board({.external_fitted = !o.external_missing,
                        .pace = o.slowest ? board::Pace::maximum : board::Pace::typical,
                        .seed = o.seed,
                        .watchdog = o.watchdog});
    load_contents(board, o);
    plan_faults(board, o);
    const Terminal terminal = Terminal::open(o.uart, o.pty_link, !o.json);
    board.attach(terminal.in(), terminal.out());
    board.send(o.send);
    const InterruptGuard guard(board);
    const board::RunResult result = run(board, o);
    board.power_off();
    write_board_files(o.files, board.contents());
    const bool success = succeeded(board, result, o);
    report(board, result, o, success);
    return success ? exit_success : exit_failure;
}

constexpr char example[] = R"(
Example: a device in three files, power cut inside the 40th flash operation, then run on:
  outboot board --load production.hex --flash code.bin --data data.bin --external nor.bin --until ready
  outboot board --flash code.bin --data data.bin --external nor.bin --cut 40:inside
  outboot board --flash code.bin --data data.bin --external nor.bin --until ready --stats

A history of the explorer on the real binaries:
  outboot board --layout examples/ra6m4/layout.toml --programs build/ra6m4 --replay 'offset-2-board:b,s1,t,b@9i,b'

Exit code: 0 stopped as asked, by a planned power cut, the time limit (without --until) or idle; 1 a fault, a rule of
the hardware broken, or the text of --until never sent; 2 wrong usage.
)";

void add_contents_options(CLI::App& command, BoardOptions& o) {
    command.add_option("--flash", o.files.code, "Code flash, 1 MB; made when absent, written back at the end")
        ->type_name("FILE");
    command.add_option("--data", o.files.data, "Data flash, 8 KB; as above")->type_name("FILE");
    command.add_option("--external", o.files.external, "External chip, 2 MB; as above")->type_name("FILE");
    command.add_option("--load", o.load, "ELF or Intel HEX file to program before power comes; may be repeated")
        ->type_name("FILE");
}

void add_run_options(CLI::App& command, BoardOptions& o) {
    command.add_option("--uart", o.uart, "stdio, none, pty or file:PATH")->capture_default_str();
    command.add_option("--pty-link", o.pty_link, "Symbolic link to make to the pty")->type_name("PATH");
    command.add_option("--send", o.send, "Text queued for the firmware's UART");
    command.add_option("--time", o.time, "Limit of virtual time, for example 10s")
        ->capture_default_str()
        ->check([](const std::string& text) { return parse_duration(text), std::string(); });
    command.add_option("--until", o.until, "Stop when the firmware has sent this")->type_name("TEXT");
    command.add_option("--seed", o.seed, "Of everything random: RAM at power-on, noise, torn contents")
        ->capture_default_str();
    command.add_flag("--watchdog", o.watchdog, "The independent watchdog runs, 17.5 s");
    command.add_flag("--slowest", o.slowest, "Flash as slow as the data sheets' maxima, not as typical");
}

void add_fault_options(CLI::App& command, BoardOptions& o) {
    command
        .add_option("--cut", o.cuts,
                    "Cut power at flash operation N, from 0: "
                    "N[:before|inside|after][:code|data|external][:erase|program]; may be repeated")
        ->type_name("CUT")
        ->check([](const std::string& text) { return parse_cut(text), std::string(); });
    command.add_option("--cut-random", o.random_cuts, "Cut power at random operations: SEED:COUNT[:PROBABILITY]")
        ->type_name("CUTS")
        ->check([](const std::string& text) { return parse_random_cuts(text), std::string(); });
    command.add_flag("--power-back", o.power_back, "Go on after a power cut with power coming back");
    command.add_flag("--external-missing", o.external_missing, "No external chip is fitted");
    command
        .add_option("--external-dead-after", o.external_dead_after, "The external chip goes silent at its operation N")
        ->type_name("N");
}

void add_replay_options(CLI::App& command, BoardOptions& o) {
    auto* const replay = command
                             .add_option("--replay", o.replay,
                                         "A new device with the history that outboot explore prints with a violation, "
                                         "its cuts at the same places; all other options but --seed and --json are for "
                                         "runs without it")
                             ->type_name("LINE");
    auto* const layout = command.add_option("--layout", o.replay_layout, "Its layout")->type_name("FILE");
    auto* const programs =
        command
            .add_option("--programs", o.replay_programs,
                        "Its bootloader.elf, bare-v1.elf and bare-v2.elf, the bare example application, "
                        "in one directory")
            ->type_name("DIR");
    replay->needs(layout)->needs(programs);
    layout->needs(replay);
    programs->needs(replay);
}

void add_report_options(CLI::App& command, BoardOptions& o) {
    command.add_option("--ram-record", o.ram_record, "Where the bootloader's RAM record lies")
        ->default_str("0x2003ffc0")
        ->type_name("ADDRESS");
    command.add_flag("--stats", o.stats, "Print operations, times and wear");
    command.add_flag("--json", o.json, "Print one JSON document instead, with what was sent in it");
}

} // namespace

void add_board_command(CLI::App& app, int& exit_code) {
    auto* command = app.add_subcommand("board", "Run ARM binaries on the virtual RA6M4 board");
    command->footer(example);
    const auto o = std::make_shared<BoardOptions>();
    add_contents_options(*command, *o);
    add_run_options(*command, *o);
    add_fault_options(*command, *o);
    add_replay_options(*command, *o);
    add_report_options(*command, *o);
    command->callback([o, &exit_code] { exit_code = board_command(*o); });
}

} // namespace outboot::tool

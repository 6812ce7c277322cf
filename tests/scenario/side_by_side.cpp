#include "tests/scenario/side_by_side.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "rig/xmodem.hpp"

namespace outboot::scenario {

namespace {

constexpr unsigned cuts_in_an_update = 8;
constexpr std::uint32_t parameter_bytes = 3 * 64; // ParameterStore's, at its region's end

// In each update one place is cut more often than the others: one of so many operations there.
constexpr std::array<std::uint64_t, place_count> one_in{8, 3, 15, 100, 60};
constexpr std::uint64_t elsewhere = 20; // times as rarely

[[noreturn]] void wrong(const std::string& what) {
    throw std::runtime_error(what);
}

// The number behind `key` in what the application said.
std::uint32_t number_behind(const std::string& said, const std::string& key) {
    const auto at = said.rfind(key);
    if (at == std::string::npos) wrong(fmt::format("the application doesn't say \"{}\": {}", key, said));
    return static_cast<std::uint32_t>(std::stoul(said.substr(at + key.size())));
}

} // namespace

const layouts::Region& region_of(const Product& product, std::string_view name) {
    const auto& regions = product.layout.regions;
    return *std::find_if(regions.begin(), regions.end(), [name](const auto& region) { return region.name == name; });
}

SideBySide::SideBySide(std::uint64_t seed) : device(whole_product()), random_(seed) {
    images_[0] = device.make({.version = 1});
    images_[1] = device.make({.version = 2});
    std::uint32_t chunks = 1; // one more than the program takes
    while (image_of_chunks(device.product, chunks) < images_[1].staged.size()) ++chunks;
    const std::uint32_t large = image_of_chunks(device.product, chunks + 1);
    images_[2] = device.make({.version = 1, .bytes = large});
    images_[3] = device.make({.version = 2, .bytes = large});
    running_ = story_.old_image = story_.new_image = &images_[0];
    device.provision(images_[0]);
    const auto& files = region_of(device.product, "files");
    const auto& parameters = region_of(device.product, "parameters");
    device.let_application_write(files.address, files.size);
    device.let_application_write(parameters.address + parameters.size - parameter_bytes, parameter_bytes);
    device.board.operations().on_operation = [this](const board::Operation& operation) {
        board::Operations& operations = device.board.operations();
        if (const auto moment = cut_here(operation)) operations.cut_at(operations.total(), *moment);
    };
}

std::optional<board::Moment> SideBySide::cut_here(const board::Operation& operation) {
    const core::Layout& layout = device.product.layout.core;
    Place place = Place::code;
    if (operation.device == board::Device::external)
        place = operation.offset < layout.secondary.base ? Place::files : Place::slot;
    if (operation.device == board::Device::data_flash)
        place = operation.offset < layout.journal.base ? Place::parameters : Place::journal;
    const auto index = static_cast<std::size_t>(place);
    if (cuts_left_ == 0 || random_.below(one_in[index] * (place == favourite_ ? 1 : elsewhere)) != 0) return {};
    --cuts_left_;
    ++tally_.cuts[index];
    return static_cast<board::Moment>(random_.below(3));
}

std::string SideBySide::update() {
    try {
        if (!powered_) start();
        begin_story();
        for (int steps = 0; !story_.over; ++steps) {
            if (steps == 100) wrong("the update doesn't come to an end");
            if (!powered_) start();
            if (!story_.over) go_on();
        }
        if (const std::string trouble = device.trouble(); !trouble.empty()) wrong(trouble);
        device.board.external().clear_writes();
        return {};
    } catch (const std::runtime_error& error) {
        return fmt::format("{}; running {}, old {}, new {}, {}, requested {}, confirmed {}", error.what(),
                           running_->spec.version, story_.old_image->spec.version, story_.new_image->spec.version,
                           core::name(story_.kind), static_cast<int>(story_.requested),
                           static_cast<int>(story_.confirmed));
    }
}

void SideBySide::begin_story() {
    const std::size_t other = running_->spec.version == 1 ? 1 : 0;
    story_ = {.old_image = running_, .new_image = &images_[other + (random_.below(4) == 0 ? 2 : 0)]};
    if (random_.below(4) == 0) story_.kind = Request::permanent;
    story_.wants_confirmation = random_.below(4) != 0;
    cuts_left_ = static_cast<unsigned>(random_.below(cuts_in_an_update + 1));
    favourite_ = static_cast<Place>((static_cast<std::size_t>(favourite_) + 1) % place_count);
}

// The application is ready. What comes next?
void SideBySide::go_on() {
    use_the_application();
    if (!powered_) return;
    if (running_ == story_.old_image) {
        transfer();
        if (powered_) request();
        if (powered_) arrive(device.reset());
    } else if (story_.wants_confirmation) {
        confirm();
        if (powered_) arrive(device.reset());
    } else {
        device.board.power_off();
        powered_ = false;
    }
}

void SideBySide::transfer() {
    story_.requested = Known::no; // as a transfer withdraws it
    const auto& bytes = story_.new_image->staged;
    const auto begun = ask(fmt::format("receive {}", bytes.size()));
    if (!begun) return;
    if (*begun != "receive: send with XMODEM") wrong(*begun);
    const auto sent = send_xmodem(device.board, bytes);
    if (sent.stop == board::Stop::power_cut) return power_has_gone();
    if (sent.stop != board::Stop::uart_text) wrong("XMODEM: " + sent.detail);
    const auto received = device.board.run({.uart_text = "receive: ok\r\n"});
    if (received.stop == board::Stop::power_cut) return power_has_gone();
    if (received.stop != board::Stop::uart_text) wrong("after XMODEM: " + received.detail);
    finish_reading();
}

void SideBySide::request() {
    story_.requested = Known::maybe;
    const std::string command = fmt::format("request {}", core::name(story_.kind));
    const auto answer = ask(command);
    if (!answer) return;
    if (*answer != command + ": ok") wrong(*answer);
    story_.requested = Known::yes;
}

void SideBySide::confirm() {
    if (story_.confirmed == Known::no) story_.confirmed = Known::maybe;
    const auto answer = ask("confirm");
    if (!answer) return;
    if (*answer != "confirm: ok") wrong(*answer);
    story_.confirmed = Known::yes;
}

// ---- files and parameters ------------------------------------------------------------------------------------------

void SideBySide::use_the_application() {
    for (auto commands = random_.below(3); powered_ && commands != 0; --commands) {
        if (random_.below(2) == 0)
            set_brightness();
        else
            add_log_line();
    }
}

void SideBySide::set_brightness() {
    const auto percent = static_cast<std::uint32_t>(random_.below(101));
    brightness_maybe_ = percent;
    const auto answer = ask(fmt::format("set brightness {}", percent));
    if (!answer) return;
    if (*answer != "set brightness: ok") wrong(*answer);
    brightness_ = percent;
    brightness_maybe_.reset();
}

void SideBySide::add_log_line() {
    const std::string mark = fmt::format("mark {}", ++marks_);
    const auto answer = ask("log " + mark);
    if (!answer) return;
    if (*answer != "log: ok") wrong(*answer);
    mark_ = mark;
    ++log_line_;
}

void SideBySide::judge_parameters(const std::string& said) {
    const std::uint32_t now = number_behind(said, "params: brightness ");
    if (now != brightness_ && now != brightness_maybe_) wrong(fmt::format("brightness {}, not {}", now, brightness_));
    brightness_ = now;
    brightness_maybe_.reset();
}

void SideBySide::judge_files(const std::string& said) {
    const std::uint32_t boots = number_behind(said, "files: boot ");
    if (boots <= boots_ || boots > boots_ + starts_)
        wrong(fmt::format("the boot counter goes from {} to {} in {} starts", boots_, boots, starts_));
    const std::uint32_t line = number_behind(said, ", log line ");
    if (line <= log_line_) wrong(fmt::format("log line {} after {}", line, log_line_));
    boots_ = boots;
    log_line_ = line;
    starts_ = 0;
    const FileSystemDump dump = judge_dump();
    if (dump.boots != boots_ || dump.numbers.back() != log_line_)
        wrong(fmt::format("target and host don't see the same: {} boots, last line {}", dump.boots.value_or(0),
                          dump.numbers.back()));
}

// As a host would find it, by the chip alone.
FileSystemDump SideBySide::judge_dump() {
    const auto& files = region_of(device.product, "files");
    auto dump = read_file_system(device.board.external().array().bytes().subspan(files.offset, files.size));
    if (boots_ == 0) return dump; // not made for certain yet
    if (!dump.fault.empty()) wrong("the file system: " + dump.fault);
    const std::uint32_t boots = dump.boots.value_or(0);
    if (boots < boots_ || boots > boots_ + starts_) wrong(fmt::format("{} boots on file, {} shown", boots, boots_));
    if (dump.numbers.empty() || dump.numbers.back() < log_line_)
        wrong(fmt::format("the log ends before line {}", log_line_));
    const bool kept = mark_.empty() || std::any_of(dump.lines.begin(), dump.lines.end(),
                                                   [this](const auto& line) { return line.ends_with(' ' + mark_); });
    if (!kept && dump.numbers.front() == 1) wrong("the log has lost " + mark_);
    return dump;
}

// ---- power ---------------------------------------------------------------------------------------------------------

std::optional<std::string> SideBySide::ask(const std::string& command) {
    const std::size_t before = device.board.uart().size();
    device.board.send(command + "\n");
    const auto run = device.board.run({.uart_text = "\n"});
    if (run.stop == board::Stop::power_cut) {
        power_has_gone();
        return {};
    }
    if (run.stop != board::Stop::uart_text) wrong(fmt::format("no answer to '{}': {}", command, run.detail));
    finish_reading();
    const std::string answer = device.board.uart().substr(before);
    return answer.substr(0, answer.find('\r'));
}

// Lets what follows an answer happen, such as a line in the log, and the rest of a transfer that was cut be read.
void SideBySide::finish_reading() {
    const auto rest = device.board.run({.input_wanted = true});
    if (rest.stop == board::Stop::power_cut) return power_has_gone();
    if (rest.stop != board::Stop::input_wanted) wrong("the application doesn't wait for commands: " + rest.detail);
}

void SideBySide::power_has_gone() {
    device.board.power_off();
    powered_ = false;
    (void)judge_dump();
}

void SideBySide::start() {
    for (int cuts = 0;; ++cuts) {
        if (cuts > 100) wrong("power is cut for ever");
        ++starts_;
        const Landing landing = device.start();
        if (landing.run.stop != board::Stop::power_cut) return arrive(landing);
        power_has_gone();
    }
}

// A start has come to its end, in the application or in a power cut.
void SideBySide::arrive(const Landing& landing) {
    if (powered_) ++starts_; // by a reset
    if (landing.run.stop == board::Stop::power_cut) return power_has_gone();
    if (!landing.ready()) wrong(landing.describe());
    powered_ = true;
    ++tally_.boots;
    judge_image(landing);
    judge_parameters(landing.said);
    judge_files(landing.said);
    finish_reading();
}

void SideBySide::judge_image(const Landing& landing) {
    const core::State& state = landing.record.state;
    const bool runs_new = landing.record.running.major == story_.new_image->spec.version;
    running_ = runs_new ? story_.new_image : story_.old_image;
    if (landing.record.running.major != running_->spec.version) wrong("a foreign image runs: " + landing.describe());
    if (!device.primary_holds(*running_)) wrong("the slot doesn't hold the image: " + landing.describe());
    if (story_.old_image == story_.new_image || story_.over) return; // no update under way
    const bool for_good = story_.confirmed == Known::yes || (story_.new_has_run && story_.kind == Request::permanent);
    if (runs_new) {
        story_.new_has_run = true;
        if (story_.requested == Known::no) wrong("the new image runs, and nobody asked: " + landing.describe());
        story_.requested = Known::yes;
        if (state.phase == Phase::on_trial) return;
        if (story_.kind == Request::test && story_.confirmed == Known::no) wrong("installed without being confirmed");
        if (state.outcome != Outcome::installed) wrong("an end without its outcome: " + landing.describe());
        return end_story(tally_.installed);
    }
    if (for_good) wrong("the old image runs, and the new one was final: " + landing.describe());
    if (state.phase != Phase::idle) wrong("the old image runs in a phase that isn't idle: " + landing.describe());
    if (story_.requested != Known::yes) return; // begin again
    if (state.outcome == Outcome::reverted) return end_story(tally_.reverted);
    if (state.outcome == Outcome::refused && state.reason == Reason::looking_limit) return end_story(tally_.given_up);
    wrong("a request has come to nothing: " + landing.describe());
}

void SideBySide::end_story(unsigned& tally) {
    ++tally;
    story_.over = true;
}

} // namespace outboot::scenario

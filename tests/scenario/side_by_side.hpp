// A device whose application uses its file system and its parameters while it is updated, with power cuts at any flash
// operation, the application's own included; and what must hold whenever power has gone and whenever it is back:
//
//   - littlefs mounts, on the target and on the host; the log has no gap, and all that was acknowledged; the boot
//   counter
//     rises by one for each boot that got so far
//   - a parameter has the value that was set last, or the one whose setting was cut; once shown it stays
//   - the image that may run, and no other, fills the primary slot
#pragma once

#include <array>
#include <optional>

#include "board/random.hpp"
#include "rig/device.hpp"
#include "tests/scenario/file_system_dump.hpp"
#include "tests/scenario/products.hpp"

namespace outboot::scenario {

using namespace rig;

// A region of the product's layout by its name.
const layouts::Region& region_of(const Product& product, std::string_view name);

// Whose bytes an operation touches.
enum class Place : std::uint8_t { files, parameters, journal, slot, code };
inline constexpr std::size_t place_count = 5;

class SideBySide {
  public:
    explicit SideBySide(std::uint64_t seed);

    // One update, from the transfer to its end: installed, reverted, or given up by the bootloader after three looks
    // that were cut. Returns what is wrong, with all it takes to find it; empty if nothing is.
    std::string update();

    struct Tally {
        std::array<unsigned, place_count> cuts{};
        unsigned boots = 0; // that reached the application
        unsigned installed = 0;
        unsigned reverted = 0;
        unsigned given_up = 0;
    };
    [[nodiscard]] const Tally& tally() const { return tally_; }

    Device device;

  private:
    enum class Known : std::uint8_t { no, maybe, yes }; // maybe: the command that does it was cut

    // What is known of the update under way.
    struct Story {
        const Image* old_image = nullptr;
        const Image* new_image = nullptr;
        Request kind = Request::test;
        bool wants_confirmation = true;
        Known requested = Known::no;
        Known confirmed = Known::no;
        bool new_has_run = false;
        bool over = false;
    };

    void begin_story();
    void go_on();
    void transfer();
    void request();
    void confirm();
    void use_the_application();
    void set_brightness();
    void add_log_line();

    void start();
    void arrive(const Landing& landing);
    void judge_image(const Landing& landing);
    void judge_parameters(const std::string& said);
    void judge_files(const std::string& said);
    FileSystemDump judge_dump();
    void end_story(unsigned& tally);

    std::optional<std::string> ask(const std::string& command); // nothing: power was cut
    void finish_reading();
    void power_has_gone();
    std::optional<board::Moment> cut_here(const board::Operation& operation);

    board::Random random_;
    std::array<Image, 4> images_;
    const Image* running_ = nullptr;
    Story story_;
    Tally tally_;
    unsigned cuts_left_ = 0;
    Place favourite_ = Place::files;
    bool powered_ = false;

    std::uint32_t brightness_ = 50; // as it was shown or acknowledged last
    std::optional<std::uint32_t> brightness_maybe_;
    std::uint32_t boots_ = 0;
    unsigned starts_ = 0; // since the boot counter was shown
    std::uint32_t log_line_ = 0;
    std::uint32_t marks_ = 0;
    std::string mark_; // the last acknowledged one
};

} // namespace outboot::scenario

// A whole device for tests of the boot story: small flash, a supply that can be cut at any operation, an external chip
// with moods, and an application that stages, requests and confirms.
#pragma once

#include <functional>
#include <optional>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "core/boot.hpp"
#include "explore/application.hpp"

namespace outboot::core {

using explore::Application;
using explore::Chip;
using explore::Flash;
using explore::HostBoard;
using explore::Image;
using explore::ImageSpec;
using explore::Operation;
using explore::Product;
using explore::World;

// Draws numbers, the same ones for the same seed.
class Dice {
  public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(engine_() % bound); }

  private:
    std::mt19937 engine_;
};

enum class When { before, inside, after };

// Blocks of two sizes, as on the RA6M4: three chunks of 1 KiB, the lowest of them made of two blocks.
inline Layout small_layout(Plan plan) {
    Layout layout;
    layout.plan = plan;
    layout.code_flash_address = 0x10000;
    layout.primary = {512, 3072};
    layout.primary_blocks = {{{2, 512}, {2, 1024}}};
    layout.primary_program_unit = 64;
    layout.secondary = {512, 3072};
    layout.hole = {512 + 3072, 1024};
    layout.external_erase_block = 256;
    layout.external_chunk_block = 512;
    layout.chunk_bytes = 1024;
    layout.chunk_bytes = core::chunk_limit(layout);
    layout.external_size = 512 + 3072 + 1024 + 512;
    layout.journal = {64, 6 * 64 + 2 * 320};
    layout.journal_bank_bytes = 64;
    layout.journal_banks = 6;
    layout.journal_record_bytes = 320;
    layout.services = 1;
    return layout;
}

class TestEnvironment final : public explore::Environment {
  public:
    bool operate(World& world, const Operation& op) override {
        check_secrecy(op);
        if (op.chip == Chip::external) ++external_writes;
        if (op.chip == Chip::journal) ++journal_writes;
        const std::uint32_t number = operations++;
        if (op.chip == Chip::journal && !journal_works) return false;
        if (op.chip == Chip::code && !code_flash_works) return false;
        if (op.chip == Chip::external && external_writes > good_external_writes) return writes_vanish;
        if (number == cut_at) {
            if (cut_when == When::inside) explore::tear(world, op);
            if (cut_when == When::after) explore::complete(world, op);
            throw explore::PowerCut{};
        }
        explore::complete(world, op);
        return true;
    }

    bool external_answers(bool opening) override {
        if (opening) ++opened;
        ++external_accesses;
        if (on_external_access) on_external_access();
        return external_accesses <= good_external_accesses;
    }

    bool readable(std::uint32_t at, std::size_t bytes) override { return !unreadable || !unreadable(at, bytes); }

    void sends(Chip chip, std::uint32_t at, MutableBytes bytes) override {
        if (on_read) on_read(chip, at, bytes);
    }

    void wait(const RamRecord& ram) override {
        ++waits;
        if (on_wait) on_wait();
        if (waits > patience) throw explore::Waiting{ram.boot_reason};
    }

    std::uint32_t choose(std::uint32_t count) override { return choice ? choice(count) : 0; }

    // No 8 bytes of any payload may be programmed outside.
    void keep_secret(Bytes payload) {
        for (std::size_t i = 0; i + 8 <= payload.size(); ++i) secrets_.insert(word(payload, i));
    }

    static constexpr std::uint32_t never = ~0U;
    std::uint32_t cut_at = never;
    When cut_when = When::before;
    std::uint32_t patience = 200;
    std::uint32_t good_external_accesses = never; // then the chip is silent
    std::uint32_t good_external_writes = never;   // then it is dead for writing
    bool writes_vanish = false;                   // and says nothing about it
    bool journal_works = true;
    bool code_flash_works = true;
    std::function<void()> on_external_access;
    std::function<void()> on_wait;
    std::function<void(Chip, std::uint32_t, MutableBytes)> on_read;
    std::function<bool(std::uint32_t, std::size_t)> unreadable; // external: from, bytes
    std::function<std::uint32_t(std::uint32_t)> choice;

    std::uint32_t operations = 0;
    std::uint32_t external_accesses = 0;
    std::uint32_t external_writes = 0;
    std::uint32_t journal_writes = 0;
    std::uint32_t opened = 0;
    std::uint32_t waits = 0;

  private:
    static std::uint64_t word(Bytes bytes, std::size_t at) {
        std::uint64_t value;
        std::memcpy(&value, &bytes[at], sizeof value);
        return value;
    }

    void check_secrecy(const Operation& op) {
        if (op.chip != Chip::external) return;
        for (std::size_t i = 0; i + 8 <= op.data.size(); i += 8) {
            ASSERT_FALSE(secrets_.contains(word(op.data, i))) << "plaintext at " << op.at + i << " outside";
        }
    }

    std::set<std::uint64_t> secrets_;
};

// How a power session ended.
struct Outlook {
    enum class End { started, waiting, cut } end = End::waiting;
    int version = 0; // of the image that was started; -1: not one of the known images, whole and with nothing behind it
    std::uint32_t resets = 0;
    Reason reason = Reason::none; // what the RAM record says of this boot
    std::uint32_t recoveries = 0;
    RamRecord ram;
};

class Device {
  public:
    explicit Device(const Layout& layout) : product_(layout), world(product_) {}

    [[nodiscard]] const Product& product() const { return product_; }
    [[nodiscard]] const Layout& layout() const { return product_.layout(); }

    // Images are known to the device: it recognises them, and watches that their payloads don't get out.
    const Image& make(const ImageSpec& spec) {
        images_.push_back(std::make_unique<Image>(product_.make_image(spec)));
        const Image& image = *images_.back();
        environment.keep_secret(Bytes(image.plain).subspan(image.facts.header_bytes, spec.payload_bytes));
        return image;
    }

    void load_primary(const Image& image) { world.code.load(layout().primary.base, image.plain); }

    // One power session: boots until the application runs, the supply goes, or the device would wait for ever.
    Outlook power_on() {
        HostBoard board(product_, world, environment);
        Outlook outlook;
        environment.waits = 0;
        for (;; ++outlook.resets) {
            try {
                Boot<explore::ModelCrypto, HostBoard> boot(board);
                boot.run();
                ADD_FAILURE() << "run() returned";
            } catch (const explore::Reset&) {
                EXPECT_LT(outlook.resets, 50U) << "resets for ever";
                if (outlook.resets < 50) continue;
            } catch (const explore::Started& started) {
                EXPECT_EQ(started.address, layout().code_flash_address + layout().primary.base + layout().header_size);
                outlook.end = Outlook::End::started;
                outlook.version = version_in_primary();
            } catch (const explore::Waiting&) {
                outlook.end = Outlook::End::waiting;
            } catch (const explore::PowerCut&) {
                outlook.end = Outlook::End::cut;
            }
            outlook.ram = board.ram_record();
            outlook.reason = outlook.ram.boot_reason;
            outlook.recoveries = board.recoveries;
            return outlook;
        }
    }

    // With a bootloader that is never interrupted and a chip that works.
    Outlook calm_boot() {
        environment.cut_at = TestEnvironment::never;
        environment.good_external_accesses = environment.good_external_writes = TestEnvironment::never;
        return power_on();
    }

    // The application does something; false if it was refused.
    bool application(const std::function<UpdateResult(Application&)>& act) {
        HostBoard board(product_, world, environment);
        Application app(board);
        return act(app) == UpdateResult::ok;
    }
    void stage(const Image& image) {
        ASSERT_TRUE(application([&](Application& app) { return app.stage(image.staged); }));
    }
    void request(Request kind) {
        ASSERT_TRUE(application([&](Application& app) { return app.request(kind); }));
    }
    void confirm() {
        ASSERT_TRUE(application([&](Application& app) { return app.confirm(); }));
    }
    void stage_and_request(const Image& image, Request kind) {
        stage(image);
        request(kind);
    }

    [[nodiscard]] State state() {
        HostBoard board(product_, world, environment);
        Journal<explore::ModelHash, HostBoard::DataFlash> journal(board.data_flash);
        (void)journal.load();
        return journal.state();
    }
    void set_state(const std::function<void(State&)>& change) {
        HostBoard board(product_, world, environment);
        Journal<explore::ModelHash, HostBoard::DataFlash> journal(board.data_flash);
        (void)journal.load();
        State next = journal.state();
        change(next);
        ASSERT_TRUE(journal.write(next));
    }

    // Of the image in the primary slot, if it is exactly one of the known ones and nothing but erased flash follows it.
    [[nodiscard]] int version_in_primary() const {
        const auto slot = world.code.bytes().subspan(layout().primary.base, layout().primary.size);
        for (const auto& image : images_) {
            const auto size = image->plain.size();
            if (!std::equal(image->plain.begin(), image->plain.end(), slot.begin())) continue;
            if (world.code.any_torn(layout().primary.base, layout().primary.base + static_cast<std::uint32_t>(size))) {
                return -1;
            }
            const bool clean = std::all_of(slot.begin() + static_cast<std::ptrdiff_t>(size), slot.end(),
                                           [](std::uint8_t byte) { return byte == 0xff; });
            return clean ? image->spec.version : -1;
        }
        return -1;
    }

    void damage(Flash& flash, std::uint32_t at) {
        const auto byte = static_cast<std::uint8_t>(flash.bytes()[at] ^ 1);
        flash.load(at, {&byte, 1});
    }
    void damage_primary(std::uint32_t at = 100) { damage(world.code, layout().primary.base + at); }

    // Everything as it was, for the next variation.
    void rewind(const World& to) {
        world = to;
        environment.operations = environment.external_accesses = environment.external_writes = 0;
        environment.journal_writes = environment.opened = 0;
        environment.cut_at = TestEnvironment::never;
    }

  private:
    Product product_;
    std::vector<std::unique_ptr<Image>> images_;

  public:
    World world;
    TestEnvironment environment;
};

} // namespace outboot::core

#include "tool/doctor/examination.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "layout/fingerprint.hpp"
#include "layout/lock.hpp"
#include "layout/reader.hpp"
#include "tool/doctor/agreement_checks.hpp"
#include "tool/doctor/device_checks.hpp"
#include "tool/doctor/emitted_checks.hpp"
#include "tool/doctor/image_checks.hpp"
#include "tool/doctor/layout_checks.hpp"
#include "tool/doctor/program_checks.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/image_check.hpp"

namespace outboot::tool::doctor {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path, const std::string& what) {
    const auto bytes = read_file(path, what);
    return {bytes.begin(), bytes.end()};
}

class Examination {
  public:
    explicit Examination(const Given& given) : given_(given) {}

    Report run() {
        layout();
        keys();
        bootloader();
        application();
        device();
        images();
        emitted();
        without_layout();
        return std::move(report_);
    }

  private:
    void add(Findings found) { append(report_.findings, std::move(found)); }

    void not_checked(const std::string& what) { report_.not_checked.push_back(what); }

    void not_usable(const std::string& path, const Failure& failure) {
        add({{Severity::error, "file-not-usable", path, failure.what(), failure.hint()}});
    }

    void layout() {
        if (given_.layout.empty()) return;
        report_.looked_at.push_back(given_.layout);
        const auto text = text_of(given_.layout, "the layout");
        auto loaded = layouts::parse(text, given_.layout);
        add(check_layout(loaded.diagnostics, given_.layout));
        layouts::Diagnostics said;
        if (const auto spec = layouts::read_spec(text, given_.layout, said); spec && !loaded.model)
            add(check_sums(*spec, given_.layout));
        if (!loaded.model) return not_checked("anything against the layout: it has errors");
        model_ = std::move(loaded.model);
        const auto lock = layouts::lock_path(given_.layout);
        std::error_code ignored;
        add(check_lock(*model_,
                       fs::exists(lock, ignored) ? std::optional(text_of(lock, "the lock file")) : std::nullopt));
    }

    void keys() {
        for (const auto& path : given_.verify_keys) keys_.signers.push_back(P256Key::load(path, "verification key"));
        if (given_.decrypt_key.empty()) return;
        keys_.device = P256Key::load(given_.decrypt_key, "decryption key");
        keys_.device->require_private("decryption key").require_readable();
    }

    // Throws Failure for a file that can't be read; whatever else is wrong with it is a finding.
    void look_at(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        if (in.peek() == std::ifstream::traits_type::eof()) (void)read_file(path, "the file");
        report_.looked_at.push_back(path);
    }

    // nullopt, and a finding, if there is nothing to be made of the file.
    std::optional<ProgramFacts> program(const std::string& path) {
        if (path.empty()) return std::nullopt;
        look_at(path);
        if (is_far_too_large(path)) return std::nullopt;
        try {
            ProgramFacts facts{load_program(path), {}};
            if (facts.program.kind == ProgramKind::elf) facts.map = read_link_map(path);
            return facts;
        } catch (const Failure& failure) {
            not_usable(path, failure);
            return std::nullopt;
        }
    }

    // A flat binary over a gap may have gigabytes; its size says all there is to be said.
    bool is_far_too_large(const std::string& path) {
        if (!model_) return false;
        const int magic = std::ifstream(path, std::ios::binary).peek();
        if (magic == 0x7f || magic == ':' || magic == 'S') return false; // ELF, Intel HEX, S-record
        std::error_code error;
        const auto bytes = fs::file_size(path, error);
        auto found = error ? Findings{} : check_flat_size(path, bytes, *model_);
        const bool too_large = !found.empty();
        add(std::move(found));
        return too_large;
    }

    void bootloader() {
        bootloader_ = program(given_.bootloader);
        if (bootloader_ && model_) add(check_bootloader(*bootloader_, *model_));
    }

    void application() {
        app_ = program(given_.app);
        if (!app_ || !model_) return;
        add(check_application(*app_, *model_));
        if (app_->program.kind != ProgramKind::elf)
            not_checked(fmt::format("where {} was linked and what takes its room: only an ELF says", given_.app));
    }

    void device() {
        if (given_.flash.empty() && given_.data.empty() && given_.external.empty()) return;
        const std::pair<const std::string&, layouts::Memory> files[] = {{given_.flash, layouts::Memory::code_flash},
                                                                        {given_.data, layouts::Memory::data_flash},
                                                                        {given_.external, layouts::Memory::external}};
        for (const auto& [path, memory] : files) take(path, memory);
        if (!model_) return not_checked("dumps: they mean nothing without --layout");
        const auto& model = *model_;
        add(check_bootloader_in(device_, model, bootloader_ ? &bootloader_->program : nullptr));
        add(check_key_block(device_, model));
        add(check_journal(device_, model));
        add(check_installed_image(device_, model));
        add(check_staged_image(device_, model));
        keys_.block = valid_key_block(device_, model);
        if (keys_.block) keys_.block_file = device_.code->path;
        if (const auto state = journal_state(device_, model)) keys_.counter_floor = state->counter_floor;
        add(check_keys_in_block(keys_));
    }

    void take(const std::string& path, layouts::Memory memory) {
        if (path.empty()) return;
        look_at(path);
        try {
            const auto file = load_program(path);
            if (model_) add(take_memory(device_, file, memory, *model_));
        } catch (const Failure& failure) {
            not_usable(path, failure);
        }
    }

    void images() {
        for (const auto& path : given_.images) {
            look_at(path);
            if (is_far_too_large(path)) continue;
            auto bytes = read_file(path, "the image");
            try {
                image({path, ImageFile::parse(std::move(bytes))});
            } catch (const Failure& failure) {
                add({{Severity::error, "image-not-usable", path, fmt::format("{}: {}", path, failure.what()),
                      failure.hint().empty() ? "make it with `outboot sign`" : failure.hint()}});
            }
        }
    }

    void image(const ImageFacts& facts) {
        Findings found;
        if (model_) append(found, check_image_for_layout(facts, *model_));
        append(found, check_signer(facts, keys_));
        append(found, check_image_content(facts, model_ ? &*model_ : nullptr, keys_, found));
        if (model_ && app_) append(found, check_image_of_program(facts, app_->program, *model_, keys_));
        add(std::move(found));
        if (keys_.signers.empty() && !keys_.block)
            not_checked(fmt::format("who signed {}: no --verify-key, and no --flash with a key block", facts.path));
        if (facts.image.flagged_encrypted() && !keys_.device && !keys_.block)
            not_checked(fmt::format("the encrypted content of {}: no --decrypt-key", facts.path));
        if (!model_) fingerprints_.emplace_back(facts.path, fingerprint_in(facts.image));
    }

    void emitted() {
        if (given_.emitted.empty()) return;
        report_.looked_at.push_back(given_.emitted);
        std::error_code error;
        if (!fs::is_directory(given_.emitted, error))
            throw Failure(fmt::format("{} isn't a directory", given_.emitted), "give the directory of emitted files");
        if (!model_) return not_checked("emitted files: they mean nothing without --layout");
        std::vector<TextFile> files;
        for (const auto& entry : fs::recursive_directory_iterator(given_.emitted)) {
            if (!entry.is_regular_file() || entry.file_size() > (1U << 20U)) continue;
            const auto path = entry.path().string();
            files.push_back({path, fs::relative(entry.path(), given_.emitted).string(), text_of(path, "the file")});
        }
        std::sort(files.begin(), files.end(), [](auto& a, auto& b) { return a.path < b.path; });
        add(check_emitted(given_.emitted, files, *model_));
    }

    // Nothing says which layout is right: at least all must be of one.
    void without_layout() {
        if (model_ || !given_.layout.empty()) return;
        not_checked("addresses, sizes and regions: no --layout");
        if (app_ && app_->program.fingerprint)
            fingerprints_.emplace(fingerprints_.begin(), given_.app, app_->program.fingerprint);
        add(check_agreement(fingerprints_, bootloader_ ? &bootloader_->program : nullptr));
    }

    const Given& given_;
    Report report_;
    std::optional<layouts::Model> model_;
    KnownKeys keys_;
    std::optional<ProgramFacts> bootloader_;
    std::optional<ProgramFacts> app_;
    DeviceFacts device_;
    std::vector<LayoutClaim> fingerprints_;
};

} // namespace

Report examine(const Given& given) {
    return Examination(given).run();
}

} // namespace outboot::tool::doctor

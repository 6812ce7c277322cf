#include "layout/fingerprint.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "format/image.hpp"
#include "layout/journal_shape.hpp"

namespace outboot::layouts {
namespace {

class Canonical {
  public:
    void byte(std::uint32_t value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }
    void word(std::uint32_t value) {
        std::array<std::uint8_t, 4> raw{};
        format::put32(raw.data(), value);
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    }
    void text(std::string_view value) {
        byte(static_cast<std::uint32_t>(value.size()));
        bytes_.insert(bytes_.end(), value.begin(), value.end());
    }
    void slot(const core::Slot& slot) {
        word(slot.base);
        word(slot.size);
    }
    std::vector<std::uint8_t> take() { return std::move(bytes_); }

  private:
    std::vector<std::uint8_t> bytes_;
};

// A part of the catalogue is known by its name. Of one described by hand also the unit counts that the journal's marks
// are spaced by.
std::string mcu_text(const Model& model) {
    if (!model.mcu->by_hand) return model.mcu->name;
    return fmt::format("{}/{}", model.mcu->name, model.core.journal_program_unit);
}

} // namespace

std::vector<std::uint8_t> canonical_form(const Model& model) {
    const core::Layout& core = model.core;
    Canonical out;
    out.text("outboot layout");
    out.byte(1); // version of this form
    out.text(mcu_text(model));
    out.slot(core.primary);
    out.word(static_cast<std::uint32_t>(model.chunks.size()));
    for (const auto& chunk : model.chunks) out.word(chunk.size);
    out.word(core.header_size);
    out.slot(core.secondary);
    out.slot(core.hole);
    out.byte(model.external->address_bytes);
    out.byte(static_cast<std::uint32_t>(model.external->erases.size()));
    for (const auto& erase : model.external->erases) out.word(erase.size);
    out.word(core.external_chunk_block);
    out.slot(core.journal);
    out.byte(journal_shape::version);
    out.byte(core.journal_banks);
    out.word(core.journal_bank_bytes);
    out.word(core.journal_record_bytes);
    out.word(core.service_table_address);
    out.word(core.ram_record_address);
    out.byte(static_cast<std::uint32_t>(core.plan));
    out.byte(static_cast<std::uint32_t>(model.signature));
    out.byte(static_cast<std::uint32_t>(model.encryption));
    return out.take();
}

Fingerprint fingerprint_of(const Model& model) {
    const auto form = canonical_form(model);
    std::array<std::uint8_t, 32> digest{};
    if (EVP_Digest(form.data(), form.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL has no SHA-256");
    Fingerprint fingerprint{};
    std::copy_n(digest.begin(), fingerprint.size(), fingerprint.begin());
    return fingerprint;
}

std::string to_hex(const Fingerprint& fingerprint) {
    std::string text;
    for (const auto byte : fingerprint) text += fmt::format("{:02x}", byte);
    return text;
}

std::optional<Fingerprint> fingerprint_from_hex(std::string_view text) {
    Fingerprint fingerprint{};
    if (text.size() != 2 * fingerprint.size()) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        int digit = -1;
        if (c >= '0' && c <= '9') digit = c - '0';
        if (c >= 'a' && c <= 'f') digit = c - 'a' + 10;
        if (digit < 0) return std::nullopt;
        fingerprint[i / 2] = static_cast<std::uint8_t>(fingerprint[i / 2] << 4 | digit);
    }
    return fingerprint;
}

} // namespace outboot::layouts

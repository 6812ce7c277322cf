// Decides whether the bytes in a slot are an image that may run: structure, hash, signature, layout, counter.
//
// Whatever decides is read once: header and TLV areas are copied to RAM, hashed from there and parsed from there, so
// that a chip which answers differently the second time gains nothing. Rules: MCUboot design.md ("Image format"), and
// stricter ones of ours where two readings of an image would be possible (FORMAT.md, "What the bootloader accepts").
#pragma once

#include <optional>

#include "core/hardened.hpp"
#include "core/journal.hpp"
#include "core/keys.hpp"
#include "crypto/bytes.hpp"
#include "format/tlv.hpp"

namespace outboot::core {

inline constexpr std::size_t max_unprotected_bytes = 1024;
inline constexpr std::size_t max_protected_bytes = 512;
inline constexpr std::size_t piece_bytes = 256; // what is read, hashed or moved at a time

// RAM that verification and moves share; neither needs it while the other runs.
using WorkBuffer = std::array<std::uint8_t, max_unprotected_bytes>;
static_assert(sizeof(WorkBuffer) >= max_protected_bytes && sizeof(WorkBuffer) >= 2 * piece_bytes);

enum class Place : std::uint8_t { primary, staged };

// What verification found. `verdict` alone says that the image is authentic; `reason` says why it may not run.
struct Finding {
    Reason reason = Reason::no_image;
    bool read_failed = false; // the chip went silent: nothing can be said about the image
    bool encrypted = false;
    Verdict verdict; // bad until hash and signature were seen to fit
    ImageFacts facts;
    format::Version version;
    std::array<std::uint8_t, format::ec256_aes128_bytes> wrapped_key{};

    void clear() {
        reason = Reason::no_image;
        read_failed = encrypted = false;
        verdict.reject();
        facts = {};
        version = {};
        wrapped_key = {};
    }

    [[nodiscard]] bool runnable() const { return reason == Reason::none && verdict.good(); }

    // Neither authentic nor merely meant for another place or time. Only such an image may ever be erased unasked.
    [[nodiscard]] bool broken() const { return !verdict.good(); }
};

template <class Crypto, class Board>
class Verifier {
  public:
    Verifier(Board& board, Keys keys, WorkBuffer& work) : board_(board), keys_(keys), work_(work) {}

    // `floor` is the lowest security counter that may run.
    void check(Place place, std::uint32_t floor, Finding& finding) {
        finding.clear();
        place_ = place;
        Unprotected tlvs;
        if (!read_header(finding) || !read_unprotected(finding, tlvs)) return;

        std::optional<typename Crypto::AesCtr> cipher;
        if (place_ == Place::staged && finding.encrypted && !open_cipher(finding, cipher)) return;

        Hashing hashing{cipher ? &*cipher : nullptr};
        Protected signed_tlvs;
        if (!hash_image(finding, hashing, signed_tlvs) || !check_signature(finding, tlvs)) return;
        finding.reason = check_fit(signed_tlvs, hashing.reset_vector, finding.facts, floor);
    }

  private:
    static constexpr std::size_t max_signature_bytes = 72;

    struct Unprotected {
        std::array<std::uint8_t, 32> hash{};
        std::array<std::uint8_t, 32> key_hash{};
        std::array<std::uint8_t, max_signature_bytes> signature{};
        std::size_t signature_bytes = 0;
    };

    struct Protected {
        std::uint32_t counter = 0;
        std::uint32_t table = 0;
        bool has_counter = false;
        bool has_table = false;
        bool has_fingerprint = false;
        bool fingerprint_fits = false;
    };

    struct Hashing {
        typename Crypto::AesCtr* cipher;
        typename Crypto::Sha256 sha{};
        std::uint32_t reset_vector = 0;
    };

    [[nodiscard]] const Layout& layout() const { return board_.layout(); }

    // Positions from the image's start.
    bool read(std::uint32_t at, MutableBytes bytes) {
        return place_ == Place::primary ? board_.code_flash.read(layout().primary.base + at, bytes)
                                        : board_.external.read(layout().secondary.base + at, bytes);
    }

    static bool accept(Finding& finding, Reason reason) {
        finding.reason = reason;
        return reason == Reason::none;
    }

    static bool fail(Finding& finding, Reason reason) { return accept(finding, reason); }

    static bool fail_read(Finding& finding) {
        finding.read_failed = true;
        return fail(finding, Reason::chip_read_failed);
    }

    bool read_header(Finding& finding) {
        if (!read(0, MutableBytes(header_))) return fail_read(finding);
        const format::ImageHeader header = format::decode_header(header_);
        if (!accept(finding, check_header(header))) return false;
        finding.facts.header_bytes = header.header_size;
        finding.facts.payload_bytes = header.payload_bytes;
        finding.facts.protected_bytes = header.protected_tlv_bytes;
        finding.version = header.version;
        finding.encrypted = (header.flags & format::flag_encrypted_aes128) != 0;
        return true;
    }

    // Sizes are compared so that nothing can wrap: every term is below the slot's size before it is added.
    [[nodiscard]] Reason check_header(const format::ImageHeader& header) const {
        if (header.magic != format::image_magic) return Reason::no_image;
        constexpr std::uint32_t known = format::flag_encrypted_aes128 | format::flag_rom_fixed;
        if ((header.flags & ~known) != 0) return Reason::bad_header;
        const std::uint32_t address = layout().code_flash_address + layout().primary.base;
        if ((header.flags & format::flag_rom_fixed) != 0 && header.load_address != address) return Reason::bad_header;
        if (header.header_size != layout().header_size || header.protected_tlv_bytes > max_protected_bytes) {
            return Reason::bad_header;
        }
        if (header.payload_bytes < 8) return Reason::bad_header; // not even a stack pointer and a reset vector
        const std::uint32_t slot = room();
        const std::uint32_t around = std::uint32_t{header.header_size} + header.protected_tlv_bytes +
                                     static_cast<std::uint32_t>(format::tlv_info_bytes);
        if (around > slot || header.payload_bytes > slot - around) return Reason::too_large;
        if (place_ == Place::staged && layout().encryption_required &&
            (header.flags & format::flag_encrypted_aes128) == 0) {
            return Reason::not_encrypted;
        }
        return Reason::none;
    }

    // A staged image must fit both where it stands and where it goes.
    [[nodiscard]] std::uint32_t room() const {
        return place_ == Place::staged ? std::min(layout().primary.size, layout().secondary.size)
                                       : layout().primary.size;
    }

    // Copies one TLV area to work_ and sets area_bytes_.
    bool read_area(std::uint32_t at, std::uint16_t magic, std::size_t limit, Finding& finding) {
        std::array<std::uint8_t, format::tlv_info_bytes> info;
        if (!read(at, MutableBytes(info))) return fail_read(finding);
        area_bytes_ = format::get16(&info[2]);
        if (format::get16(info.data()) != magic || area_bytes_ < format::tlv_info_bytes || area_bytes_ > limit) {
            return fail(finding, Reason::bad_tlv);
        }
        // The info record is not read twice: the rest follows it in the buffer.
        std::memcpy(work_.data(), info.data(), info.size());
        const auto rest = MutableBytes(work_).subspan(info.size(), area_bytes_ - info.size());
        if (!read(at + static_cast<std::uint32_t>(info.size()), rest)) return fail_read(finding);
        return true;
    }

    bool read_unprotected(Finding& finding, Unprotected& tlvs) {
        ImageFacts& facts = finding.facts;
        if (!read_area(facts.signed_bytes(), format::unprotected_tlv_magic, max_unprotected_bytes, finding) ||
            !accept(finding, parse_unprotected(finding, tlvs))) {
            return false;
        }
        facts.total_bytes = facts.signed_bytes() + static_cast<std::uint32_t>(area_bytes_);
        typename Crypto::Sha256 sha;
        sha.update(Bytes(work_).first(area_bytes_));
        sha.finish(facts.tlv_digest);
        return true;
    }

    // Exactly one hash, key hash and signature, at most one encryption entry, in imgtool's order, and nothing else:
    // none of it is signed, so nothing of it may have a second meaning.
    [[nodiscard]] Reason parse_unprotected(Finding& finding, Unprotected& out) {
        const Bytes area = Bytes(work_).first(area_bytes_);
        if (finding.facts.signed_bytes() + area.size() > room()) return Reason::too_large;
        format::TlvWalk walk(area, format::unprotected_tlv_magic);
        format::Tlv tlv;
        std::uint32_t seen = 0;
        while (walk.next(tlv)) {
            std::uint32_t order = 0;
            switch (tlv.type) {
            case format::tlv::sha256:
                order = 1;
                if (!take(tlv, out.hash)) return Reason::bad_tlv;
                break;
            case format::tlv::key_hash:
                order = 2;
                if (!take(tlv, out.key_hash)) return Reason::bad_tlv;
                break;
            case format::tlv::ecdsa:
                order = 3;
                if (tlv.value.size() > max_signature_bytes) return Reason::bad_tlv;
                out.signature_bytes = tlv.value.size();
                std::memcpy(out.signature.data(), tlv.value.data(), tlv.value.size());
                break;
            case format::tlv::enc_ec256:
                order = 4;
                if (!take(tlv, finding.wrapped_key)) return Reason::bad_tlv;
                break;
            default:
                return Reason::bad_tlv;
            }
            if (order != seen + 1) return Reason::bad_tlv; // repeated, missing or out of order
            seen = order;
        }
        if (!walk.ok() || seen < 3) return Reason::bad_tlv;
        // In the primary the entry may be missing or stay: the payload there is in clear either way.
        if (place_ == Place::staged && finding.encrypted != (seen == 4)) {
            return finding.encrypted ? Reason::not_encrypted : Reason::bad_tlv;
        }
        return Reason::none;
    }

    template <std::size_t n>
    static bool take(const format::Tlv& tlv, std::array<std::uint8_t, n>& out) {
        if (tlv.value.size() != n) return false;
        std::memcpy(out.data(), tlv.value.data(), n);
        return true;
    }

    [[nodiscard]] Reason parse_protected(Protected& out) {
        format::TlvWalk walk(Bytes(work_).first(area_bytes_), format::protected_tlv_magic);
        format::Tlv tlv;
        while (walk.next(tlv)) {
            switch (tlv.type) {
            case format::tlv::security_counter:
                if (out.has_counter || tlv.value.size() != 4) return Reason::bad_tlv;
                out.has_counter = true;
                out.counter = format::get32(tlv.value.data());
                break;
            case format::tlv::service_table:
                if (out.has_table || tlv.value.size() != 4) return Reason::bad_tlv;
                out.has_table = true;
                out.table = format::get32(tlv.value.data());
                break;
            case format::tlv::layout_fingerprint:
                if (out.has_fingerprint || tlv.value.size() != layout().fingerprint.size()) return Reason::bad_tlv;
                out.has_fingerprint = true;
                out.fingerprint_fits =
                    std::memcmp(tlv.value.data(), layout().fingerprint.data(), tlv.value.size()) == 0;
                break;
            default:
                break; // signed, and not ours
            }
        }
        return walk.ok() ? Reason::none : Reason::bad_tlv;
    }

    bool open_cipher(Finding& finding, std::optional<typename Crypto::AesCtr>& cipher) {
        std::array<std::uint8_t, 16> key;
        const bool unwrapped =
            keys_.has_device_key() && Crypto::unwrap(key, keys_.device_private(), finding.wrapped_key);
        if (unwrapped) cipher.emplace(std::span<const std::uint8_t, 16>(key));
        crypto::clear(key);
        return unwrapped || fail(finding, Reason::bad_encryption);
    }

    // The signed region: header and protected TLVs from the RAM copies that were parsed, the rest piece by piece.
    bool hash_image(Finding& finding, Hashing& h, Protected& out) {
        ImageFacts& facts = finding.facts;
        h.sha.update(header_);
        if (!hash_payload(facts, h)) return fail_read(finding);
        if (facts.protected_bytes != 0) {
            const std::uint32_t at = facts.signed_bytes() - facts.protected_bytes;
            if (!read_area(at, format::protected_tlv_magic, max_protected_bytes, finding)) return false;
            if (area_bytes_ != facts.protected_bytes) return fail(finding, Reason::bad_tlv);
            h.sha.update(Bytes(work_).first(area_bytes_));
            if (!accept(finding, parse_protected(out))) return false;
        }
        facts.counter = out.counter;
        h.sha.finish(facts.hash);
        return true;
    }

    // Header padding and payload, decrypting the latter if need be, catching the reset vector on the way.
    bool hash_payload(const ImageFacts& facts, Hashing& h) {
        const std::uint32_t payload_at = facts.header_bytes;
        const std::uint32_t end = payload_at + facts.payload_bytes;
        for (std::uint32_t at = format::header_bytes; at < end;) {
            const std::uint32_t border = at < payload_at ? payload_at : end;
            const auto piece = MutableBytes(work_).first(std::min<std::size_t>(piece_bytes, border - at));
            if (!read(at, piece)) return false;
            if (at >= payload_at && h.cipher != nullptr) h.cipher->apply(at - payload_at, piece);
            if (at == payload_at) h.reset_vector = format::get32(&piece[4]);
            h.sha.update(piece);
            at += static_cast<std::uint32_t>(piece.size());
            board_.feed();
        }
        return true;
    }

    // The signature is checked over the hash that was computed; the hash TLV only serves to name the fault.
    bool check_signature(Finding& finding, const Unprotected& tlvs) {
        const ImageFacts& facts = finding.facts;
        if (std::memcmp(facts.hash.data(), tlvs.hash.data(), facts.hash.size()) != 0) {
            return fail(finding, Reason::bad_hash);
        }
        const std::uint8_t* signer = keys_.signer(tlvs.key_hash.data());
        if (signer == nullptr) return fail(finding, Reason::unknown_key);
        Crypto::ecdsa_verify(finding.verdict, std::span<const std::uint8_t, 64>(signer, 64), facts.hash,
                             Bytes(tlvs.signature).first(tlvs.signature_bytes));
        return finding.verdict.good() || fail(finding, Reason::bad_signature);
    }

    // An authentic image can still be the wrong one here and now.
    [[nodiscard]] Reason check_fit(const Protected& tlvs, std::uint32_t reset_vector, const ImageFacts& facts,
                                   std::uint32_t floor) const {
        if (!tlvs.has_fingerprint) return Reason::no_fingerprint;
        if (!tlvs.fingerprint_fits) return Reason::wrong_layout;
        if (facts.counter < floor) return Reason::counter_too_low;
        if (tlvs.has_table && tlvs.table > layout().service_table_version) return Reason::needs_newer_table;
        const std::uint32_t payload = layout().code_flash_address + layout().primary.base + facts.header_bytes;
        const bool thumb = (reset_vector & 1U) != 0;
        if (!thumb || reset_vector - payload >= facts.payload_bytes) return Reason::bad_vector;
        return Reason::none;
    }

    Board& board_;
    Keys keys_;
    WorkBuffer& work_;
    std::array<std::uint8_t, format::header_bytes> header_;
    std::size_t area_bytes_ = 0;
    Place place_ = Place::primary;
};

} // namespace outboot::core

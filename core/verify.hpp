// Decides whether the bytes in a slot are an image that may run: structure, hash, signature, layout, counter.
//
// Whatever decides is read once: header and TLV areas are copied to RAM, hashed from there and parsed from there, so
// that a chip which answers differently the second time gains nothing. Rules: MCUboot design.md ("Image format"), and
// stricter ones of ours where two readings of an image would be possible (FORMAT.md, "What the bootloader accepts").
#pragma once

#include "core/areas.hpp"
#include "core/hardened.hpp"
#include "core/journal.hpp"
#include "format/tlv.hpp"

namespace outboot::core {

enum class Place : std::uint8_t { primary, staged };

// What verification found. `verdict` alone says that the image is authentic; `reason` says why it may not run.
struct Finding {
    Reason reason = Reason::no_image;
    bool encrypted = false;
    Verdict verdict; // bad until hash and signature were seen to fit
    format::Version version;

    [[nodiscard]] bool runnable() const { return reason == Reason::none && verdict.good(); }

    // Neither authentic nor merely meant for another place or time. Only such an image may ever be erased unasked.
    [[nodiscard]] bool broken() const { return !verdict.good(); }

    // The chip went silent: nothing can be said about the image.
    [[nodiscard]] bool read_failed() const { return reason == Reason::chip_read_failed; }
};

// One kind of TLV that the bootloader knows, and where its value is kept.
struct KnownTlv {
    std::uint16_t type;
    std::uint8_t bytes;
    std::uint8_t keep_at; // offset in the struct below
};

struct UnprotectedTlvs {
    std::array<std::uint8_t, 32> hash;
    std::array<std::uint8_t, 32> key_hash;
    std::array<std::uint8_t, 72> signature; // DER, filled up with zeros as imgtool's --pad-sig does
    std::array<std::uint8_t, format::ec256_aes128_bytes> wrapped_key;

    // Exactly these, in imgtool's order, the last one only with an encrypted image: nothing of it is signed, so nothing
    // of it may have a second meaning.
    static constexpr KnownTlv known[] = {{format::tlv::sha256, 32, 0},
                                         {format::tlv::key_hash, 32, 32},
                                         {format::tlv::ecdsa, 72, 64},
                                         {format::tlv::enc_ec256, format::ec256_aes128_bytes, 136}};
};
static_assert(offsetof(UnprotectedTlvs, key_hash) == 32 && offsetof(UnprotectedTlvs, signature) == 64 &&
              offsetof(UnprotectedTlvs, wrapped_key) == 136);

struct ProtectedTlvs {
    std::uint32_t counter = 0;
    std::uint32_t services = 0;
    std::array<std::uint8_t, 8> fingerprint{};
    std::uint32_t reset_vector = 0; // no TLV, but the other thing that must fit

    // Each at most once, in any order, among others that are signed and not ours.
    static constexpr KnownTlv known[] = {{format::tlv::security_counter, 4, 0},
                                         {format::tlv::service_table, 4, 4},
                                         {format::tlv::layout_fingerprint, 8, 8}};
    static constexpr std::uint32_t has_fingerprint = 1U << 2;
};

template <class Crypto, class Board>
class Verifier {
  public:
    explicit Verifier(Board& board) : areas(board), board_(board) {}

    Areas<Crypto, Board> areas;

    // `floor` is the lowest security counter that may run. What is found of the image's sizes and hashes goes to
    // `facts`.
    void check(Place place, std::uint32_t floor, Finding& finding, ImageFacts& facts) {
        place_ = place;
        finding.verdict.reject();
        finding.reason = examine(floor, finding, facts);
        place_ = Place::primary;
    }

    // As it stood in the TLVs of the staged image that was checked last.
    [[nodiscard]] const auto& wrapped_key() const { return tlvs_.wrapped_key; }

  private:
    Reason examine(std::uint32_t floor, Finding& finding, ImageFacts& facts) {
        std::array<std::uint8_t, format::header_bytes> raw;
        if (!read(0, raw.data(), raw.size())) return Reason::chip_read_failed;
        Reason reason = take_header(format::decode_header(raw), finding, facts);
        if (reason == Reason::none) reason = take_unprotected(finding.encrypted, facts);
        if (reason != Reason::none) return reason;
        PayloadKey key;
        if (place_ == Place::staged && finding.encrypted && !key.unwrap<Crypto>(keys(), tlvs_.wrapped_key)) {
            return Reason::bad_encryption;
        }
        typename Crypto::Sha256 sha;
        sha.update(raw);
        ProtectedTlvs tlvs;
        std::uint32_t seen = 0;
        reason = hash_payload(key, facts, sha, tlvs.reset_vector);
        if (reason == Reason::none && facts.protected_bytes != 0) reason = take_protected(facts, sha, tlvs, seen);
        if (reason != Reason::none) return reason;
        facts.counter = tlvs.counter;
        sha.finish(facts.hash);

        // The hash TLV only serves to name the fault: the signature is checked over the hash that was computed.
        if (facts.hash != tlvs_.hash) return Reason::bad_hash;
        const std::uint8_t* signer = keys().signer(tlvs_.key_hash.data());
        if (signer == nullptr) return Reason::unknown_key;
        Crypto::ecdsa_verify(finding.verdict, std::span<const std::uint8_t, 64>(signer, 64), facts.hash,
                             tlvs_.signature);
        if (finding.broken()) return Reason::bad_signature;
        return check_fit(tlvs, seen, facts, floor);
    }

    [[nodiscard]] const Layout& layout() const { return board_.layout(); }
    [[nodiscard]] Keys keys() const { return Keys(board_.key_block()); }
    [[nodiscard]] Bytes area() const { return Bytes(areas.work).first(area_bytes_); }
    [[nodiscard]] Area where() const { return place_ == Place::primary ? Area::primary : Area::external; }
    [[nodiscard]] std::uint32_t image_at() const { return place_ == Place::primary ? 0 : layout().secondary.base; }

    // Positions from the image's start.
    bool read(std::uint32_t at, std::uint8_t* to, std::size_t bytes) {
        return areas.read(where(), image_at() + at, to, bytes);
    }

    // Sizes are compared so that nothing can wrap: every term is below the slot's size before it is added.
    [[nodiscard]] Reason take_header(const format::ImageHeader& header, Finding& finding, ImageFacts& facts) const {
        if (header.magic != format::image_magic) return Reason::no_image;
        constexpr std::uint32_t known = format::flag_encrypted_aes128 | format::flag_rom_fixed;
        const bool elsewhere = (header.flags & format::flag_rom_fixed) != 0 &&
                               header.load_address != layout().code_flash_address + layout().primary.base;
        // A payload has at least a stack pointer and a reset vector.
        if ((header.flags & ~known) != 0 || elsewhere || header.header_size != layout().header_size ||
            header.protected_tlv_bytes > max_protected_bytes || header.payload_bytes < 8) {
            return Reason::bad_header;
        }
        const std::uint32_t around =
            header.header_size + header.protected_tlv_bytes + std::uint32_t{format::tlv_info_bytes};
        if (header.payload_bytes >= room() || around > room() - header.payload_bytes) return Reason::too_large;
        finding.encrypted = (header.flags & format::flag_encrypted_aes128) != 0;
        if (place_ == Place::staged && layout().encryption_required && !finding.encrypted) return Reason::not_encrypted;
        facts.header_bytes = header.header_size;
        facts.payload_bytes = header.payload_bytes;
        facts.protected_bytes = header.protected_tlv_bytes;
        finding.version = header.version;
        return Reason::none;
    }

    // A staged image must fit both where it stands and where it goes.
    [[nodiscard]] std::uint32_t room() const {
        return place_ == Place::staged ? std::min(layout().primary.size, layout().secondary.size)
                                       : layout().primary.size;
    }

    // Copies one TLV area to areas.work, info record included; no byte of it is read twice. The info record at least
    // is inside the slot.
    Reason read_area(std::uint32_t at, std::uint16_t magic, std::uint32_t limit) {
        std::uint8_t* const work = areas.work.data();
        if (!read(at, work, format::tlv_info_bytes)) return Reason::chip_read_failed;
        area_bytes_ = format::get16(work + 2);
        if (format::get16(work) != magic || area_bytes_ < format::tlv_info_bytes || area_bytes_ > limit) {
            return Reason::bad_tlv;
        }
        if (area_bytes_ > room() - at) return Reason::too_large; // nothing behind the slot is ever read
        const bool whole = read(at + static_cast<std::uint32_t>(format::tlv_info_bytes), work + format::tlv_info_bytes,
                                area_bytes_ - format::tlv_info_bytes);
        return whole ? Reason::none : Reason::chip_read_failed;
    }

    // Takes the known entries of the area in areas.work into `keep`. Strict: exactly these, in this order, the last
    // one optional. `seen` has a bit for each that was there.
    bool parse(std::span<const KnownTlv> known, bool strict, void* keep, std::uint32_t& seen) {
        format::TlvWalk walk(area());
        format::Tlv tlv;
        for (std::size_t n = 0; walk.next(tlv); ++n) {
            std::size_t i = n;
            if (!strict) {
                for (i = 0; i < known.size() && known[i].type != tlv.type;) ++i;
            }
            if (i >= known.size()) {
                if (strict) return false;
                continue;
            }
            const std::size_t bytes = known[i].bytes;
            const bool signature = tlv.type == format::tlv::ecdsa; // the one with no fixed length
            const bool fits = signature ? tlv.value.size() <= bytes : tlv.value.size() == bytes;
            if (known[i].type != tlv.type || (seen >> i & 1U) != 0 || !fits) return false;
            seen |= 1U << i;
            auto* const to = static_cast<std::uint8_t*>(keep) + known[i].keep_at;
            std::memset(to, 0, bytes);
            std::memcpy(to, tlv.value.data(), tlv.value.size());
        }
        return walk.ok();
    }

    Reason take_unprotected(bool encrypted, ImageFacts& facts) {
        const Reason reason = read_area(facts.signed_bytes(), format::unprotected_tlv_magic, max_unprotected_bytes);
        if (reason != Reason::none) return reason;
        facts.total_bytes = facts.signed_bytes() + area_bytes_;
        std::uint32_t seen = 0;
        if (!parse(UnprotectedTlvs::known, true, &tlvs_, seen) || seen < 7) return Reason::bad_tlv;
        // In the primary the key may be missing or stay: the payload there is in clear either way.
        const bool has_key = seen == 15;
        if (place_ == Place::staged && encrypted != has_key) return Reason::bad_tlv;
        digest_of<typename Crypto::Sha256>(area(), facts.tlv_digest);
        return Reason::none;
    }

    Reason take_protected(const ImageFacts& facts, typename Crypto::Sha256& sha, ProtectedTlvs& tlvs,
                          std::uint32_t& seen) {
        const std::uint32_t at = facts.signed_bytes() - facts.protected_bytes;
        const Reason reason = read_area(at, format::protected_tlv_magic, max_protected_bytes);
        if (reason != Reason::none) return reason;
        sha.update(area());
        const bool whole = area_bytes_ == facts.protected_bytes;
        return whole && parse(ProtectedTlvs::known, false, &tlvs, seen) ? Reason::none : Reason::bad_tlv;
    }

    // Header padding and payload, the latter decrypted if need be. Not inlined: the cipher must not stand on the stack
    // beside the signature's check.
    [[gnu::noinline]] Reason hash_payload(const PayloadKey& key, const ImageFacts& facts, typename Crypto::Sha256& sha,
                                          std::uint32_t& reset_vector) {
        const PayloadCipher<Crypto> cipher(key, facts);
        const std::uint32_t vectors_end = facts.header_bytes + 8U;
        const std::uint32_t end = facts.header_bytes + facts.payload_bytes;
        if (!areas.hash(sha, where(), image_at(), format::header_bytes, vectors_end, cipher)) {
            return Reason::chip_read_failed;
        }
        // Stack pointer and reset vector end the piece hashed last. Header sizes are multiples of 16.
        reset_vector = format::get32(&areas.work[(layout().header_size + 8 - format::header_bytes) % piece_bytes - 4]);
        return areas.hash(sha, where(), image_at(), vectors_end, end, cipher) ? Reason::none : Reason::chip_read_failed;
    }

    // An authentic image can still be the wrong one here and now.
    [[nodiscard]] Reason check_fit(const ProtectedTlvs& tlvs, std::uint32_t seen, const ImageFacts& facts,
                                   std::uint32_t floor) const {
        if ((seen & ProtectedTlvs::has_fingerprint) == 0) return Reason::no_fingerprint;
        if (!same_fingerprint(tlvs.fingerprint, layout())) return Reason::wrong_layout;
        if (facts.counter < floor) return Reason::counter_too_low;
        if ((tlvs.services & ~layout().services) != 0) return Reason::needs_newer_table;
        const std::uint32_t payload = layout().code_flash_address + layout().primary.base + facts.header_bytes;
        const bool thumb = (tlvs.reset_vector & 1U) != 0;
        return thumb && tlvs.reset_vector - payload < facts.payload_bytes ? Reason::none : Reason::bad_vector;
    }

    // Where examine() looks. It rests at `primary`: if one store alone said so, a fault that skips it after a staged
    // image was looked at would let the chip answer for the primary. tests/scenario/skip_test.cpp holds this.
    Place place_ = Place::primary;
    std::uint32_t area_bytes_ = 0;
    Board& board_;
    UnprotectedTlvs tlvs_;
};

} // namespace outboot::core

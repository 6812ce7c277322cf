// The two places an image can stand in, read, written and hashed alike: the primary slot, by offsets from its base, and
// the external chip, by offsets from its start.
#pragma once

#include <algorithm>
#include <cstring>

#include "core/payload_key.hpp"
#include "core/plan.hpp"

namespace outboot::core {

inline constexpr std::size_t max_unprotected_bytes = 1024;
inline constexpr std::size_t max_protected_bytes = 512;
inline constexpr std::size_t piece_bytes = 256; // what is read, hashed or moved at a time

template <class Crypto, class Board>
class Areas {
  public:
    explicit Areas(Board& board) : board_(board) {}

    // RAM that verification and moves share; neither needs it while the other runs.
    std::array<std::uint8_t, max_unprotected_bytes> work;
    static_assert(sizeof(work) >= max_protected_bytes && sizeof(work) >= 2 * piece_bytes);

    bool read(Area area, std::uint32_t at, std::uint8_t* to, std::size_t bytes) {
        return area == Area::primary ? board_.code_flash.read(base() + at, {to, bytes})
                                     : board_.external.read(at, {to, bytes});
    }

    bool erase(Area area, std::uint32_t at, std::uint32_t bytes) {
        return area == Area::primary ? board_.code_flash.erase(base() + at, bytes) : board_.external.erase(at, bytes);
    }

    // Programs the first `bytes` of `work` and compares what then stands there. In the primary slot the last program
    // unit is filled up with the erased value.
    bool program(Area area, std::uint32_t at, std::size_t bytes) {
        if (area == Area::primary) {
            for (; bytes % board_.layout().primary_program_unit != 0; ++bytes) work[bytes] = 0xff;
        }
        const Bytes piece = Bytes(work).first(bytes);
        const bool programmed =
            area == Area::primary ? board_.code_flash.program(base() + at, piece) : board_.external.program(at, piece);
        std::uint8_t* const back = &work[piece_bytes];
        return programmed && read(area, at, back, bytes) && std::memcmp(work.data(), back, bytes) == 0;
    }

    // Hashes bytes [from, to) of the image that begins at `image_at`, its payload decrypted by `cipher`. The last piece
    // stays in `work`. False: it couldn't be read.
    bool hash(typename Crypto::Sha256& sha, Area area, std::uint32_t image_at, std::uint32_t from, std::uint32_t to,
              const PayloadCipher<Crypto>& cipher) {
        while (from < to) {
            const auto piece = MutableBytes(work).first(std::min<std::size_t>(piece_bytes, to - from));
            if (!read(area, image_at + from, piece.data(), piece.size())) return false;
            if (area == Area::external) cipher.apply(from, piece);
            sha.update(piece);
            from += piece_bytes;
            board_.feed();
        }
        return true;
    }

    // Executes one move. Every move can be repeated from its start, so there is no recovery code: whoever doesn't see
    // "done" in the journal executes the move again. Data is decrypted only when it lands inside and encrypted only
    // when it leaves; copies from external to external are raw and ignore `key`, the key of the image outside.
    // Reason::none: done. chip_read_failed, chip_write_failed, flash_failed: the target is in no particular state.
    Reason execute(const Move& move, const ImageFacts& image, const PayloadKey& key) {
        const Reason write_failed = move.to == Area::primary ? Reason::flash_failed : Reason::chip_write_failed;
        if (!erase(move.to, move.target, move.erase_length)) return write_failed;
        const PayloadCipher<Crypto> cipher(key, image);
        for (std::uint32_t done = 0; done < move.length; done += piece_bytes) {
            const auto piece = MutableBytes(work).first(std::min<std::size_t>(piece_bytes, move.length - done));
            if (!read(move.from, move.source + done, piece.data(), piece.size())) return Reason::chip_read_failed;
            if (move.from != move.to) cipher.apply(move.image_offset + done, piece);
            if (!program(move.to, move.target + done, piece.size())) return write_failed;
            board_.feed();
        }
        return Reason::none;
    }

  private:
    [[nodiscard]] std::uint32_t base() const { return board_.layout().primary.base; }

    Board& board_;
};

} // namespace outboot::core

// Executes one move: erase, then piece by piece read, transform, program, read back, compare.
//
// Every move can be repeated from its start, so there is no recovery code here: whoever doesn't see "done" in the
// journal executes the move again. Data is decrypted only when it lands inside and encrypted only when it leaves.
#pragma once

#include <optional>

#include "core/plan.hpp"
#include "core/verify.hpp"

namespace outboot::core {

// The key of one image's payload, if it has one outside. Cleared when it goes.
struct PayloadKey {
    std::array<std::uint8_t, 16> bytes{};
    bool present = false;

    PayloadKey() = default;
    PayloadKey(const PayloadKey&) = delete;
    PayloadKey& operator=(const PayloadKey&) = delete;
    ~PayloadKey() { crypto::clear(bytes); }
};

template <class Crypto, class Board>
class Engine {
  public:
    Engine(Board& board, WorkBuffer& work) : board_(board), work_(work) {}

    // Reason::none: done. chip_read_failed, chip_write_failed, flash_failed: the target is in no particular state.
    Reason execute(const Move& move, const ImageFacts& image, const PayloadKey& key) {
        const bool inside = move.to == Area::primary;
        const std::uint32_t target = move.target + (inside ? primary_base() : 0);
        const Reason write_failed = inside ? Reason::flash_failed : Reason::chip_write_failed;
        if (move.erase_length != 0 && !erase(inside, target, move.erase_length)) return write_failed;

        std::optional<typename Crypto::AesCtr> cipher;
        if (move.from != move.to && key.present) { // copies from external to external are raw
            cipher.emplace(std::span<const std::uint8_t, 16>(key.bytes));
        }
        for (std::uint32_t done = 0; done < move.length; done += piece_bytes) {
            const auto piece = MutableBytes(work_).first(std::min<std::size_t>(piece_bytes, move.length - done));
            const std::uint32_t source = move.source + done + (move.from == Area::primary ? primary_base() : 0);
            if (!read(move.from == Area::primary, source, piece)) return Reason::chip_read_failed;
            if (cipher) transform(*cipher, move.image_offset + done, piece, image);
            if (!program(inside, target + done, piece.size())) return write_failed;
            board_.feed();
        }
        return Reason::none;
    }

    // Applies the cipher to the part of `bytes` that is payload; header and TLVs stay as they are.
    static void transform(typename Crypto::AesCtr& cipher, std::uint32_t image_offset, MutableBytes bytes,
                          const ImageFacts& image) {
        const std::uint32_t begin = image.header_bytes;
        const std::uint32_t end = begin + image.payload_bytes;
        const std::uint32_t from = std::max(image_offset, begin);
        const std::uint32_t to = std::min(image_offset + static_cast<std::uint32_t>(bytes.size()), end);
        if (from < to) cipher.apply(from - begin, bytes.subspan(from - image_offset, to - from));
    }

  private:
    [[nodiscard]] std::uint32_t primary_base() const { return board_.layout().primary.base; }

    bool read(bool inside, std::uint32_t at, MutableBytes bytes) {
        return inside ? board_.code_flash.read(at, bytes) : board_.external.read(at, bytes);
    }

    bool erase(bool inside, std::uint32_t at, std::uint32_t bytes) {
        return inside ? board_.code_flash.erase(at, bytes) : board_.external.erase(at, bytes);
    }

    // Programs the piece at the start of work_ and compares what then stands there. Inside, the last program unit is
    // filled up with the erased value.
    bool program(bool inside, std::uint32_t at, std::size_t bytes) {
        if (inside) {
            const std::size_t unit = board_.layout().primary_program_unit;
            const std::size_t whole = (bytes + unit - 1) / unit * unit;
            std::fill(work_.begin() + static_cast<std::ptrdiff_t>(bytes),
                      work_.begin() + static_cast<std::ptrdiff_t>(whole), std::uint8_t{0xff});
            bytes = whole;
        }
        const Bytes piece = Bytes(work_).first(bytes);
        const MutableBytes back = MutableBytes(work_).subspan(piece_bytes, bytes);
        const bool programmed = inside ? board_.code_flash.program(at, piece) : board_.external.program(at, piece);
        return programmed && read(inside, at, back) && std::memcmp(piece.data(), back.data(), bytes) == 0;
    }

    Board& board_;
    WorkBuffer& work_;
};

} // namespace outboot::core

// Executes one move: erase, then piece by piece read, transform, program, read back, compare.
//
// Every move can be repeated from its start, so there is no recovery code here: whoever doesn't see "done" in the
// journal executes the move again. Data is decrypted only when it lands inside and encrypted only when it leaves.
#pragma once

#include "core/plan.hpp"
#include "core/verify.hpp"

namespace outboot::core {

template <class Crypto, class Board>
class Engine {
  public:
    Engine(Board& board, WorkBuffer& work) : board_(board), work_(work) {}

    // Reason::none: done. chip_read_failed, chip_write_failed, flash_failed: the target is in no particular state.
    // `key` is that of the image outside; a copy from external to external is raw and ignores it.
    Reason execute(const Move& move, const ImageFacts& image, const PayloadKey& key) {
        const bool leaves = move.from == Area::primary;
        const bool enters = move.to == Area::primary;
        const std::uint32_t source = move.source + (leaves ? primary_base() : 0);
        const std::uint32_t target = move.target + (enters ? primary_base() : 0);
        const Reason write_failed = enters ? Reason::flash_failed : Reason::chip_write_failed;
        if (!erase(enters, target, move.erase_length)) return write_failed;

        const PayloadCipher<Crypto> cipher(key, image);
        for (std::uint32_t done = 0; done < move.length; done += piece_bytes) {
            const auto piece = MutableBytes(work_).first(std::min<std::size_t>(piece_bytes, move.length - done));
            if (!read(leaves, source + done, piece)) return Reason::chip_read_failed;
            if (leaves != enters) cipher.apply(move.image_offset + done, piece);
            if (!program(enters, target + done, piece.size())) return write_failed;
            board_.feed();
        }
        return Reason::none;
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

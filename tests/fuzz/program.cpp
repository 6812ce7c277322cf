// Programs: whatever `sign` and `provision` take as input, the kind found by content; and that what is read can be
// written as records, and read again.
#include "tool/program.hpp"
#include "tests/fuzz/memory_file.hpp"
#include "tool/intel_hex.hpp"
#include "tool/s_record.hpp"

namespace {

using outboot::tool::ByteSpan;
using outboot::tool::Piece;

void expect_same_when_written(std::vector<Piece> pieces) {
    for (auto& piece : pieces) piece.name.clear(); // records have none
    pieces = outboot::tool::tidy(pieces, "fuzz");
    const auto expect = [&](const std::vector<Piece>& again) {
        const bool same =
            std::equal(pieces.begin(), pieces.end(), again.begin(), again.end(),
                       [](const Piece& a, const Piece& b) { return a.address == b.address && a.data == b.data; });
        if (!same) std::abort();
    };
    const auto bytes = [](const std::string& text) {
        return ByteSpan(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    };
    const auto s_record = outboot::tool::write_s_record(pieces);
    expect(outboot::tool::parse_s_record(bytes(s_record), "fuzz"));
    const auto hex = outboot::tool::write_hex(pieces);
    expect(outboot::tool::parse_hex(bytes(hex), "fuzz"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const outboot::fuzz::MemoryFile file(data, size);
    return outboot::fuzz::expect_result_or_refusal([&] {
        const auto program = outboot::tool::load_program(file.path());
        std::uint64_t end = 0;
        for (const auto& piece : program.pieces) { // what load_program promises
            if (piece.data.empty() || piece.address < end) std::abort();
            end = piece.end();
        }
        expect_same_when_written(program.pieces);
    });
}

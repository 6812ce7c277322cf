// Programs: whatever `sign` and `provision` take as input, the kind found by content.
#include "tool/program.hpp"
#include "tests/fuzz/memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const outboot::fuzz::MemoryFile file(data, size);
    return outboot::fuzz::expect_result_or_refusal([&] {
        const auto program = outboot::tool::load_program(file.path());
        std::uint64_t end = 0;
        for (const auto& piece : program.pieces) { // what load_program promises
            if (piece.data.empty() || piece.address < end) std::abort();
            end = piece.end();
        }
    });
}

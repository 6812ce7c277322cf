// Layout files: every diagnostic there is, and no crash.
#include "layout/model.hpp"
#include "tests/fuzz/memory_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const outboot::fuzz::MemoryFile file(data, size);
    return outboot::fuzz::expect_result_or_refusal([&] { (void)outboot::layouts::load(file.path()); });
}

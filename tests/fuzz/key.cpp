// Key files: PEM of any kind, AES keys, and what is made of them.
#include "tests/fuzz/memory_file.hpp"
#include "tool/keys.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    setenv("OUTBOOT_PASSWORD", "secret", 1); // nobody is there to be asked
    const outboot::fuzz::MemoryFile file(data, size);
    return outboot::fuzz::expect_result_or_refusal([&] {
        const auto key = outboot::tool::Key::load_for_wrapping(file.path(), "key");
        (void)key.has_private();
        if (key.kind() != outboot::tool::KeyKind::aes) (void)key.key_hash();
    });
}

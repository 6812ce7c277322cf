// Images, as `verify` and `dumpinfo` read them, and the TLV walk that bootloader and tool share.
#include <nlohmann/json.hpp>

#include "format/tlv.hpp"
#include "tests/fuzz/memory_file.hpp"
#include "tool/image_check.hpp"
#include "tool/image_description.hpp"

namespace {

void walk(std::span<const std::uint8_t> area) {
    if (area.size() < outboot::format::tlv_info_bytes) return;
    outboot::format::TlvWalk tlvs(area);
    outboot::format::Tlv tlv;
    unsigned sum = 0;
    while (tlvs.next(tlv))
        for (const auto byte : tlv.value) sum += byte; // a sanitizer sees a value that leaves the area
    volatile unsigned used = sum;
    (void)used;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace outboot::tool;
    walk({data, size});
    return outboot::fuzz::expect_result_or_refusal([&] {
        const auto image = ImageFile::parse({data, data + size});
        const auto description = describe_image(image, "fuzz");
        (void)human_text(image, description);
        (void)yaml_text(description);
        (void)fingerprint_in(image);
        (void)image.security_counter();
        try {
            (void)program_of(image, nullptr);
        } catch (const Failure&) {
        }
        (void)open_image(image, nullptr);
    });
}

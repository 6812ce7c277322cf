#include "tool/compression.hpp"

#include <algorithm>

#include <lzma.h>

#include "tool/failure.hpp"
#include "tool/progress.hpp"

namespace outboot::tool {
namespace {

// As imgtool has them: small enough for a device, whose decoder needs a dictionary of this size.
constexpr std::uint32_t preset = 9;
constexpr std::uint32_t dictionary_bytes = 131072;
constexpr std::uint32_t lc = 3;
constexpr std::uint32_t lp = 1;
constexpr std::uint32_t pb = 2;
constexpr std::size_t parameter_bytes = 2;
constexpr std::size_t portion_bytes = 65536;
constexpr std::uint8_t largest_code = 18; // 2 MB: more than any slot

// LZMA2's one-byte code of dictionary sizes: 2^n and 3 * 2^n.
std::uint32_t dictionary_of(std::uint8_t code) {
    return (2U | (code & 1U)) << (code / 2 + 11);
}

std::uint8_t dictionary_code() {
    std::uint8_t code = 0;
    while (dictionary_of(code) < dictionary_bytes) ++code;
    return code;
}

struct Chain {
    lzma_options_lzma options{};
    lzma_filter filters[3]{};

    explicit Chain(bool arm_thumb) {
        if (lzma_lzma_preset(&options, preset)) throw Failure("liblzma doesn't know its own preset");
        options.dict_size = dictionary_bytes;
        options.lc = lc;
        options.lp = lp;
        options.pb = pb;
        std::size_t n = 0;
        if (arm_thumb) filters[n++] = {LZMA_FILTER_ARMTHUMB, nullptr};
        filters[n++] = {LZMA_FILTER_LZMA2, &options};
        filters[n] = {LZMA_VLI_UNKNOWN, nullptr};
    }
    Chain(const Chain&) = delete;
    Chain& operator=(const Chain&) = delete;
};

class Encoder {
  public:
    explicit Encoder(const Chain& chain) {
        if (lzma_raw_encoder(&stream_, chain.filters) != LZMA_OK) throw Failure("liblzma can't compress the payload");
    }
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    ~Encoder() { lzma_end(&stream_); }

    // Bytes written to `out`; nullopt if they would be more than it has room for.
    std::optional<std::size_t> run(ByteSpan payload, std::span<std::uint8_t> out) {
        Progress progress("compressing", payload.size());
        stream_.next_out = out.data();
        stream_.avail_out = out.size();
        for (std::size_t given = 0;;) {
            const std::size_t portion = std::min(portion_bytes, payload.size() - given);
            stream_.next_in = payload.data() + given;
            stream_.avail_in = portion;
            given += portion;
            const auto result = encode_portion(given == payload.size() ? LZMA_FINISH : LZMA_RUN);
            if (result == LZMA_STREAM_END) return out.size() - stream_.avail_out;
            if (stream_.avail_out == 0) return std::nullopt;
            progress.at(given);
        }
    }

  private:
    lzma_ret encode_portion(lzma_action action) {
        lzma_ret result = LZMA_OK;
        while (result == LZMA_OK && stream_.avail_out > 0 && (stream_.avail_in > 0 || action == LZMA_FINISH))
            result = lzma_code(&stream_, action);
        if (result != LZMA_OK && result != LZMA_STREAM_END && stream_.avail_out > 0)
            throw Failure("liblzma can't compress the payload");
        return result;
    }

    lzma_stream stream_ = LZMA_STREAM_INIT;
};

} // namespace

std::optional<ByteVector> compress(ByteSpan payload, Compression method) {
    Chain chain(method == Compression::lzma2_arm_thumb);
    ByteVector out(parameter_bytes + payload.size());
    out[0] = dictionary_code();
    out[1] = (pb * 5 + lp) * 9 + lc;
    const auto packed = Encoder(chain).run(payload, std::span(out).subspan(parameter_bytes));
    if (!packed || *packed >= payload.size()) return std::nullopt;
    out.resize(parameter_bytes + *packed);
    return out;
}

ByteVector decompress(ByteSpan packed, bool arm_thumb, std::size_t bytes) {
    if (packed.size() < parameter_bytes || packed[0] > largest_code || packed[1] >= 225)
        throw Failure("not a valid image: its compressed payload doesn't begin with LZMA2's parameters");
    Chain chain(arm_thumb);
    chain.options.dict_size = dictionary_of(packed[0]);
    ByteVector out(bytes);
    std::size_t from = parameter_bytes;
    std::size_t to = 0;
    const auto result =
        lzma_raw_buffer_decode(chain.filters, nullptr, packed.data(), &from, packed.size(), out.data(), &to, bytes);
    if (result != LZMA_OK || to != bytes)
        throw Failure("not a valid image: its compressed payload is damaged, or isn't as long as it says");
    return out;
}

} // namespace outboot::tool

#include "examples/ra6m4/app/parameter_store.hpp"

#include <algorithm>
#include <cstring>

#include "crypto/sha256.hpp"
#include "format/image.hpp"

namespace example {

namespace {

using outboot::RegionResult;
using outboot::format::get32;
using outboot::format::put32;

constexpr std::uint32_t check_at = 12;
constexpr std::uint32_t check_bytes = 8;
constexpr std::uint32_t record_bytes = check_at + check_bytes;
constexpr std::uint32_t whole_at = record_bytes;
constexpr std::uint32_t settled_at = whole_at + 4;
constexpr std::uint32_t block_bytes = settled_at + 4;

using Block = std::array<std::uint8_t, block_bytes>;

// The record, and the marks that belong to it and to no other.
Block encode(std::uint32_t generation, const Parameters& values) {
    Block block{};
    put32(&block[0], generation);
    put32(&block[4], values.brightness);
    put32(&block[8], values.files_formatted);
    outboot::crypto::Sha256 sha;
    std::array<std::uint8_t, 32> digest;
    sha.update({block.data(), check_at});
    sha.finish(digest);
    std::copy_n(digest.begin(), check_bytes, &block[check_at]);
    std::copy_n(&digest[check_bytes], 8, &block[whole_at]);
    return block;
}

bool same(const Block& a, const Block& b, std::uint32_t from, std::uint32_t count) {
    return std::memcmp(&a[from], &b[from], count) == 0;
}

} // namespace

std::uint32_t ParameterStore::address(std::uint32_t block) const {
    return region_.size() - (blocks - block) * region_.erase_block();
}

// Read once into RAM: what was cut may read otherwise the next time.
ParameterStore::Found ParameterStore::read(std::uint32_t block) const {
    Block raw;
    if (region_.read(address(block), raw.data(), raw.size()) != RegionResult::ok) return {};
    const Found found{.generation = get32(&raw[0]), .values = {get32(&raw[4]), get32(&raw[8])}};
    const Block wanted = encode(found.generation, found.values);
    if (!same(raw, wanted, 0, record_bytes)) return {};
    const bool whole = same(raw, wanted, whole_at, 4);
    return {found.generation, found.values, whole, whole && same(raw, wanted, settled_at, 4)};
}

bool ParameterStore::load() {
    values_ = {};
    highest_ = 0;
    newest_ = settled_ = {};
    std::uint32_t newest = 0;
    std::uint32_t settled = 0;
    for (std::uint32_t block = 0; block < blocks; ++block) {
        const Found found = read(block);
        highest_ = std::max(highest_, found.generation);
        if (found.whole && found.generation > newest) {
            newest = found.generation;
            newest_ = block;
            values_ = found.values;
        }
        if (found.settled && found.generation > settled) {
            settled = found.generation;
            settled_ = block;
        }
    }
    return newest_ == settled_ || write(values_);
}

bool ParameterStore::write(const Parameters& values) {
    std::optional<std::uint32_t> target;
    for (std::uint32_t block = 0; block < blocks; ++block) {
        if (block == newest_ || block == settled_) continue;
        if (region_.erase(address(block), region_.erase_block()) != RegionResult::ok) return false;
        target = block;
    }
    if (!write_block(*target, values)) return false; // one is always free: there are three
    newest_ = settled_ = target;
    values_ = values;
    return true;
}

bool ParameterStore::write_block(std::uint32_t block, const Parameters& values) {
    const Block wanted = encode(++highest_, values);
    struct Piece {
        std::uint32_t at, count;
    };
    for (const Piece piece : {Piece{0, record_bytes}, Piece{whole_at, 4}, Piece{settled_at, 4}}) {
        Block back;
        if (region_.program(address(block) + piece.at, &wanted[piece.at], piece.count) != RegionResult::ok ||
            region_.read(address(block), back.data(), back.size()) != RegionResult::ok ||
            !same(back, wanted, piece.at, piece.count)) {
            return false;
        }
    }
    return true;
}

} // namespace example

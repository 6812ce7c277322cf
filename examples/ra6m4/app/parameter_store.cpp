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
    Found newest;
    for (std::uint32_t block = 0; block < blocks; ++block) {
        found_[block] = read(block);
        highest_ = std::max(highest_, found_[block].generation);
        if (found_[block].whole && found_[block].generation > newest.generation) newest = found_[block];
    }
    if (newest.whole) values_ = newest.values;
    const bool at_rest = newest.generation == highest_ && (newest.settled || highest_ == 0);
    return at_rest || write(values_);
}

std::uint32_t ParameterStore::victim(const std::array<bool, blocks>& spared) const {
    const auto rank = [this](std::uint32_t block) {
        const Found& found = found_[block];
        return found.whole ? found.generation : UINT32_MAX - (found.generation != 0 ? 1 : 0);
    };
    std::uint32_t chosen = blocks;
    for (std::uint32_t block = 0; block < blocks; ++block) {
        if (!spared[block] && (chosen == blocks || rank(block) > rank(chosen))) chosen = block;
    }
    return chosen;
}

bool ParameterStore::write(const Parameters& values) {
    std::array<bool, blocks> spared{};
    const std::uint32_t target = victim(spared);
    ++highest_;
    if (!erase(target) || !program(target, values, 0, record_bytes) || !program(target, values, whole_at, 4))
        return false;
    spared[target] = true;
    for (std::uint32_t others = 1; others < blocks; ++others) {
        const std::uint32_t next = victim(spared);
        if (!erase(next)) return false;
        spared[next] = true;
    }
    if (!program(target, values, settled_at, 4)) return false;
    found_[target] = {highest_, values, true, true};
    values_ = values;
    return true;
}

bool ParameterStore::erase(std::uint32_t block) {
    found_[block] = {};
    return region_.erase(address(block), region_.erase_block()) == RegionResult::ok;
}

// These bytes of the record with the highest generation, and read back.
bool ParameterStore::program(std::uint32_t block, const Parameters& values, std::uint32_t from, std::uint32_t count) {
    const Block wanted = encode(highest_, values);
    Block back;
    return region_.program(address(block) + from, &wanted[from], count) == RegionResult::ok &&
           region_.read(address(block), back.data(), back.size()) == RegionResult::ok &&
           same(back, wanted, from, count);
}

} // namespace example

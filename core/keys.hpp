// Reads the device's key block where it lies (core/key_block.hpp says what it holds).
#pragma once

#include <cstring>

#include "core/digest.hpp"
#include "core/key_block.hpp"
#include "format/image.hpp"

namespace outboot::core {

class Keys {
  public:
    explicit Keys(const std::uint8_t* block) : block_(block) {}

    // False for a missing, damaged or foreign block: then nothing can be verified and nothing runs.
    template <class Sha256>
    [[nodiscard]] bool valid() const {
        using namespace key_block;
        std::array<std::uint8_t, 32> digest;
        digest_of<Sha256>({block_, check_at}, digest);
        return format::get32(block_ + magic_at) == magic && block_[version_at] == version && block_[signers_at] != 0 &&
               block_[signers_at] <= max_signers &&
               std::memcmp(digest.data(), block_ + check_at, size_bytes - check_at) == 0;
    }

    // X and Y of the trusted signature key with this hash, or nullptr.
    [[nodiscard]] const std::uint8_t* signer(const std::uint8_t* key_hash) const {
        using namespace key_block;
        for (std::size_t i = 0; i < block_[signers_at]; ++i) {
            const std::uint8_t* entry = block_ + first_signer_at + i * signer_bytes;
            if (std::memcmp(entry + signer_hash_at, key_hash, 32) == 0) return entry + signer_point_at;
        }
        return nullptr;
    }

    [[nodiscard]] bool has_device_key() const { return block_[key_block::device_key_at] == 1; }

    [[nodiscard]] std::span<const std::uint8_t, 32> device_private() const {
        return std::span<const std::uint8_t, 32>(block_ + key_block::device_private_at, 32);
    }

  private:
    const std::uint8_t* block_;
};

} // namespace outboot::core

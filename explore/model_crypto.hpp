// A checked model of cryptography for exploration and fast tests: same concept as the real one, same dependence of
// every output on every input, no strength at all. 64 bits of state are enough to tell apart the few million contents
// that one exploration sees; nobody attacks it.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include "crypto/concept.hpp"
#include "explore/mix.hpp"

namespace outboot::explore {

using crypto::Bytes;
using crypto::MutableBytes;

// Stands where SHA-256 stands: 32 bytes, each depending on all that was hashed, in whatever pieces.
class ModelHash {
  public:
    void update(Bytes data) {
        for (const std::uint8_t byte : data) {
            word_ = word_ << 8 | byte;
            if (++length_ % 8 == 0) absorb();
        }
    }

    void finish(std::span<std::uint8_t, 32> digest) {
        absorb();
        std::uint64_t lane = mix(state_ + length_);
        for (std::size_t i = 0; i < digest.size(); i += 8) {
            lane = mix(lane + 0x9e3779b97f4a7c15);
            std::memcpy(&digest[i], &lane, 8);
        }
    }

    static std::array<std::uint8_t, 32> of(std::initializer_list<Bytes> parts) {
        ModelHash hash;
        for (const Bytes part : parts) hash.update(part);
        std::array<std::uint8_t, 32> digest;
        hash.finish(digest);
        return digest;
    }

  private:
    void absorb() {
        state_ = mix(state_ ^ word_) + 0x9e3779b97f4a7c15;
        word_ = 0;
    }

    std::uint64_t state_ = 0x6a09e667f3bcc908;
    std::uint64_t word_ = 0;
    std::uint64_t length_ = 0;
};

class ModelCipher {
  public:
    explicit ModelCipher(std::span<const std::uint8_t, 16> key) {
        std::uint64_t halves[2];
        std::memcpy(halves, key.data(), sizeof halves);
        seed_ = mix(halves[0]) ^ mix(halves[1] + 1);
    }

    void apply(std::uint32_t position, MutableBytes data) const {
        for (std::size_t i = 0; i < data.size(); ++i) {
            const std::uint64_t at = position + i;
            data[i] = static_cast<std::uint8_t>(data[i] ^ mix(seed_ + at / 8 * 0x9e3779b97f4a7c15) >> at % 8 * 8);
        }
    }

  private:
    std::uint64_t seed_;
};

struct ModelCrypto {
    using Sha256 = ModelHash;
    using AesCtr = ModelCipher;

    static constexpr std::size_t signature_bytes = 8;
    static constexpr std::size_t wrapped_bytes = 113;

    // The point that sign() signs for.
    static std::array<std::uint8_t, 64> signer() {
        std::array<std::uint8_t, 64> point;
        for (std::size_t i = 0; i < point.size(); ++i) point[i] = static_cast<std::uint8_t>(0x40 + i);
        return point;
    }

    // The model has no private keys: whoever has the point can sign.
    static std::array<std::uint8_t, signature_bytes> sign(Bytes public_key, Bytes hash) {
        std::array<std::uint8_t, signature_bytes> signature;
        const auto digest = ModelHash::of({public_key, hash});
        std::copy_n(digest.begin(), signature.size(), signature.begin());
        return signature;
    }

    static void ecdsa_verify(core::Verdict& verdict, std::span<const std::uint8_t, 64> public_key,
                             std::span<const std::uint8_t, 32> hash, Bytes signature) {
        auto padded = std::array<std::uint8_t, 72>{}; // as the core keeps signatures: filled up with zeros
        std::ranges::copy(sign(public_key, hash), padded.begin());
        core::judge_equal(verdict, signature, padded);
    }

    static std::array<std::uint8_t, wrapped_bytes> wrap(Bytes image_key, Bytes device_private) {
        std::array<std::uint8_t, wrapped_bytes> wrapped{}; // every byte counts, as in the real one
        const auto pad = ModelHash::of({device_private});
        const auto tag = ModelHash::of({device_private, image_key});
        for (std::size_t i = 0; i < 16; ++i) wrapped[i] = static_cast<std::uint8_t>(image_key[i] ^ pad[i]);
        for (std::size_t i = 16; i < wrapped.size(); ++i) wrapped[i] = tag[i % tag.size()];
        return wrapped;
    }

    static bool unwrap(std::span<std::uint8_t, 16> key, std::span<const std::uint8_t, 32> device_private,
                       Bytes wrapped) {
        const auto pad = ModelHash::of({device_private});
        for (std::size_t i = 0; i < 16; ++i) key[i] = static_cast<std::uint8_t>(wrapped[i] ^ pad[i]);
        const auto expected = wrap(key, device_private);
        const bool fits = std::equal(expected.begin(), expected.end(), wrapped.begin(), wrapped.end());
        if (!fits) std::fill(key.begin(), key.end(), std::uint8_t{0});
        return fits;
    }

    static void way_out_key(std::span<std::uint8_t, 16> key, std::span<const std::uint8_t, 32> device_private,
                            std::span<const std::uint8_t, 32> hash) {
        static constexpr std::uint8_t info[] = {'o', 'u', 't'};
        const auto digest = ModelHash::of({info, device_private, hash});
        std::copy_n(digest.begin(), key.size(), key.begin());
    }
};
static_assert(crypto::Crypto<ModelCrypto>);

} // namespace outboot::explore

// The key of an image's payload where it isn't in clear: outside the MCU.
#pragma once

#include <algorithm>

#include "core/keys.hpp"
#include "core/state.hpp"
#include "crypto/bytes.hpp"

namespace outboot::core {

// Absent for an image that is in clear there too. Cleared when it goes.
struct PayloadKey {
    std::array<std::uint8_t, 16> bytes{};
    bool present = false;

    PayloadKey() = default;
    PayloadKey(const PayloadKey&) = delete;
    PayloadKey& operator=(const PayloadKey&) = delete;
    ~PayloadKey() { crypto::clear(bytes); }

    // The key of a staged image, from its encryption TLV. False: it isn't meant for this device.
    template <class Crypto>
    bool unwrap(const Keys& keys, std::span<const std::uint8_t, format::ec256_aes128_bytes> wrapped) {
        present = keys.has_device_key() && Crypto::unwrap(bytes, keys.device_private(), wrapped);
        return present;
    }

    // The key of a backup: derived, never stored, never taken from outside, so what leaves the MCU is encrypted whether
    // the image once came encrypted or not. A device without a key has no secrets to keep.
    template <class Crypto>
    void derive(const Keys& keys, const ImageFacts& image) {
        present = keys.has_device_key();
        if (present) Crypto::way_out_key(bytes, keys.device_private(), image.hash);
    }
};

// Applies a payload key to pieces of an image: header and TLVs stay as they are.
template <class Crypto>
class PayloadCipher {
  public:
    PayloadCipher(const PayloadKey& key, const ImageFacts& image)
        : cipher_(key.bytes), begin_(image.header_bytes),
          end_(key.present ? image.header_bytes + image.payload_bytes : 0) {}

    // `at` is the piece's offset in its image.
    void apply(std::uint32_t at, MutableBytes piece) const {
        const std::uint32_t from = std::max(at, begin_);
        const std::uint32_t to = std::min(at + static_cast<std::uint32_t>(piece.size()), end_);
        if (from < to) cipher_.apply(from - begin_, piece.subspan(from - at, to - from));
    }

  private:
    typename Crypto::AesCtr cipher_;
    std::uint32_t begin_;
    std::uint32_t end_;
};

} // namespace outboot::core

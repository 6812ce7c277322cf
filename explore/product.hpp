// A small product for the host: layout, keys, and images made for it with the model's cryptography.
#pragma once

#include <vector>

#include "core/journal.hpp"
#include "core/key_block.hpp"
#include "explore/cryptography.hpp"

namespace outboot::explore {

using core::Layout;

struct ImageSpec {
    std::uint8_t version = 1; // major; also seeds the payload
    std::uint32_t counter = 0;
    std::uint32_t payload_bytes = 16;
    bool encrypted = true;
    bool rubbish = false; // one byte is changed after it was signed
};

// An image as it stands in the primary slot and as it is staged, which differ if it is encrypted.
struct Image {
    ImageSpec spec;
    std::vector<std::uint8_t> plain;
    std::vector<std::uint8_t> staged;
    core::ImageFacts facts;
};

class Product {
  public:
    // `layout` needs geometry and plan only; addresses, header size and fingerprint are filled in.
    explicit Product(Layout layout);

    [[nodiscard]] const Layout& layout() const { return layout_; }
    [[nodiscard]] const std::uint8_t* key_block() const { return keys_.data(); }
    [[nodiscard]] std::vector<core::BlockRun> code_blocks() const;     // bootloader, then the primary slot
    [[nodiscard]] std::vector<core::BlockRun> external_blocks() const; // whole chip
    [[nodiscard]] std::vector<core::BlockRun> journal_blocks() const;  // whole data flash

    [[nodiscard]] Image make_image(const ImageSpec& spec) const;
    // The same image as the way out leaves it: payload under the derived key, all else in clear.
    [[nodiscard]] std::vector<std::uint8_t> backup_of(const Image& image) const;

    // Header, TLVs: what an image has beside its payload.
    static std::uint32_t overhead_bytes(bool encrypted);

  private:
    [[nodiscard]] Bytes public_key() const;
    [[nodiscard]] Bytes device_private() const;

    Layout layout_;
    std::array<std::uint8_t, core::key_block::size_bytes> keys_{};
};

} // namespace outboot::explore

// One image as it stands in a file: taken apart, not judged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "format/image.hpp"
#include "tool/byte_order.hpp"
#include "tool/primitives.hpp"

namespace outboot::tool {

struct ImageTlv {
    std::uint16_t type = 0;
    bool is_protected = false;
    std::size_t offset = 0; // of the value, from the image's start
    ByteVector value;
};

class ImageFile {
  public:
    // Throws Failure if the bytes aren't a well-formed MCUboot image: magic, sizes that fit the file, TLV areas whose
    // entries end inside them. The byte order is the magic's. Bytes behind the last TLV (padding, a trailer) are
    // allowed.
    static ImageFile parse(ByteVector bytes);

    // The same of a file: the image as it is, or in an Intel HEX or S-record. `what` names it if it can't be read.
    static ImageFile load(const std::string& path, const std::string& what = "the image");

    [[nodiscard]] const format::ImageHeader& header() const { return header_; }
    [[nodiscard]] ByteOrder order() const { return order_; }
    [[nodiscard]] const std::vector<ImageTlv>& tlvs() const { return tlvs_; } // in the file's order
    [[nodiscard]] std::size_t image_bytes() const { return image_bytes_; }    // header to last TLV
    [[nodiscard]] std::size_t file_bytes() const { return bytes_.size(); }
    // Views of what this object owns: not to be had of a temporary.
    [[nodiscard]] ByteSpan image() const& { return ByteSpan(bytes_).first(image_bytes_); }
    [[nodiscard]] ByteSpan behind() const& { return ByteSpan(bytes_).subspan(image_bytes_); } // padding, a trailer
    [[nodiscard]] ByteSpan payload() const&;
    [[nodiscard]] ByteSpan signed_region() const&; // as it stands: of an encrypted image this isn't what was signed
    ByteSpan image() const&& = delete;
    ByteSpan behind() const&& = delete;
    ByteSpan payload() const&& = delete;
    ByteSpan signed_region() const&& = delete;
    [[nodiscard]] bool flagged_encrypted() const;
    [[nodiscard]] bool compressed() const;

    // The one TLV of this type in this area; nullptr if there is none. Throws Failure if there are several.
    [[nodiscard]] const ImageTlv* find(std::uint16_t type, bool is_protected) const;
    [[nodiscard]] std::optional<std::uint32_t> security_counter() const;

    // The same image with another payload of the same length: decrypted, all else as it was.
    [[nodiscard]] ImageFile with_payload(ByteSpan payload) const;

  private:
    std::size_t read_area(std::size_t at, bool is_protected);

    ByteVector bytes_;
    ByteOrder order_ = ByteOrder::little;
    format::ImageHeader header_;
    std::vector<ImageTlv> tlvs_;
    std::size_t image_bytes_ = 0;
};

// "SHA256", "SEC_CNT", "layout fingerprint"; "?" for what nobody knows.
std::string tlv_name(std::uint16_t type);

// "1.2.3+4"
std::string version_text(const format::Version& version);

} // namespace outboot::tool

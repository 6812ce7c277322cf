#include "tool/image_file.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "tool/failure.hpp"
#include "tool/program.hpp"

namespace outboot::tool {
namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw Failure("not a valid image: " + why);
}

} // namespace

ImageFile ImageFile::parse(ByteVector bytes) {
    ImageFile image;
    image.bytes_ = std::move(bytes);
    if (image.bytes_.size() < format::header_bytes)
        refuse(fmt::format("{} bytes are less than a header", image.bytes_.size()));
    image.header_ = format::decode_header(ByteSpan(image.bytes_).first<format::header_bytes>());
    if (image.header_.magic == __builtin_bswap32(format::image_magic)) {
        image.order_ = ByteOrder::big;
        image.header_ = swapped(image.header_);
    }
    const auto& header = image.header_;
    if (header.magic != format::image_magic)
        refuse(fmt::format("the magic is {:#010x} instead of {:#010x}", header.magic, format::image_magic));
    if (header.header_size < format::header_bytes)
        refuse(fmt::format("header size {} is below {}", header.header_size, format::header_bytes));
    const std::uint64_t tlvs_at = std::uint64_t{header.header_size} + header.payload_bytes;
    if (tlvs_at > image.bytes_.size())
        refuse(fmt::format("header and payload need {} bytes, the file has {}", tlvs_at, image.bytes_.size()));
    std::size_t at = static_cast<std::size_t>(tlvs_at);
    if (header.protected_tlv_bytes != 0) at = image.read_area(at, true);
    image.image_bytes_ = image.read_area(at, false);
    return image;
}

ImageFile ImageFile::load(const std::string& path, const std::string& what) {
    return parse(read_content(path, what));
}

// Returns where the area ends.
std::size_t ImageFile::read_area(std::size_t at, bool is_protected) {
    const std::string name = is_protected ? "protected TLV area" : "TLV area";
    const auto magic = is_protected ? format::protected_tlv_magic : format::unprotected_tlv_magic;
    const auto rest = ByteSpan(bytes_).subspan(at);
    if (rest.size() < format::tlv_info_bytes) refuse(fmt::format("the file ends before its {}", name));
    const auto found = get16(rest.data(), order_);
    if (found != magic)
        refuse(fmt::format("the {} at {:#x} begins with {:#06x} instead of {:#06x}", name, at, found, magic));
    const std::size_t total = get16(rest.data() + 2, order_);
    if (total < format::tlv_info_bytes) refuse(fmt::format("the {} at {:#x} is shorter than its own head", name, at));
    if (total > rest.size()) refuse(fmt::format("the {} at {:#x} leaves the file", name, at));
    if (is_protected && total != header_.protected_tlv_bytes)
        refuse(
            fmt::format("the header says {} bytes of protected TLVs, the area {}", header_.protected_tlv_bytes, total));
    for (std::size_t next = format::tlv_info_bytes; next < total;) {
        const auto entry = rest.subspan(next, total - next);
        const std::size_t length = entry.size() < format::tlv_entry_bytes ? 0 : get16(entry.data() + 2, order_);
        if (entry.size() < format::tlv_entry_bytes + length)
            refuse(fmt::format("an entry of the {} at {:#x} leaves it", name, at));
        const auto value = entry.subspan(format::tlv_entry_bytes, length);
        next += format::tlv_entry_bytes;
        tlvs_.push_back({get16(entry.data(), order_), is_protected, at + next, {value.begin(), value.end()}});
        next += length;
    }
    return at + total;
}

ByteSpan ImageFile::payload() const& {
    return ByteSpan(bytes_).subspan(header_.header_size, header_.payload_bytes);
}

ByteSpan ImageFile::signed_region() const& {
    return ByteSpan(bytes_).first(std::size_t{header_.header_size} + header_.payload_bytes +
                                  header_.protected_tlv_bytes);
}

bool ImageFile::flagged_encrypted() const {
    return (header_.flags & (format::flag_encrypted_aes128 | format::flag_encrypted_aes256)) != 0;
}

bool ImageFile::compressed() const {
    return (header_.flags & (format::flag_compressed_lzma1 | format::flag_compressed_lzma2)) != 0;
}

const ImageTlv* ImageFile::find(std::uint16_t type, bool is_protected) const {
    const ImageTlv* found = nullptr;
    for (const auto& tlv : tlvs_) {
        if (tlv.type != type || tlv.is_protected != is_protected) continue;
        if (found) refuse(fmt::format("the TLV {} occurs twice", tlv_name(type)));
        found = &tlv;
    }
    return found;
}

std::optional<std::uint32_t> ImageFile::security_counter() const {
    const auto* tlv = find(format::tlv::security_counter, true);
    if (!tlv) return std::nullopt;
    if (tlv->value.size() != 4) refuse("the security counter isn't 4 bytes long");
    return get32(tlv->value.data(), order_);
}

ImageFile ImageFile::with_payload(ByteSpan payload) const {
    ImageFile other = *this;
    std::copy(payload.begin(), payload.end(), other.bytes_.begin() + header_.header_size);
    return other;
}

std::string tlv_name(std::uint16_t type) {
    namespace tlv = format::tlv;
    static const std::map<std::uint16_t, std::string> names{{tlv::key_hash, "KEYHASH"},
                                                            {tlv::public_key, "PUBKEY"},
                                                            {tlv::sha256, "SHA256"},
                                                            {tlv::sha384, "SHA384"},
                                                            {tlv::sha512, "SHA512"},
                                                            {tlv::rsa2048_pss, "RSA2048"},
                                                            {tlv::ecdsa, "ECDSASIG"},
                                                            {tlv::rsa3072_pss, "RSA3072"},
                                                            {tlv::ed25519, "ED25519"},
                                                            {tlv::signature_pure, "SIG_PURE"},
                                                            {tlv::enc_rsa2048, "ENCRSA2048"},
                                                            {tlv::enc_kw, "ENCKW"},
                                                            {tlv::enc_ec256, "ENCEC256"},
                                                            {tlv::enc_x25519, "ENCX25519"},
                                                            {tlv::enc_x25519_sha512, "ENCX25519_SHA512"},
                                                            {tlv::dependency, "DEPENDENCY"},
                                                            {tlv::security_counter, "SEC_CNT"},
                                                            {tlv::boot_record, "BOOT_RECORD"},
                                                            {tlv::decomp_size, "DECOMP_SIZE"},
                                                            {tlv::decomp_sha, "DECOMP_SHA"},
                                                            {tlv::decomp_signature, "DECOMP_SIGNATURE"},
                                                            {tlv::comp_dec_size, "COMP_DEC_SIZE"},
                                                            {tlv::uuid_vendor, "UUID_VID"},
                                                            {tlv::uuid_class, "UUID_CID"},
                                                            {tlv::layout_fingerprint, "layout fingerprint"},
                                                            {tlv::service_table, "needed services"}};
    const auto found = names.find(type);
    return found == names.end() ? "?" : found->second;
}

std::string version_text(const format::Version& version) {
    return fmt::format("{}.{}.{}+{}", version.major, version.minor, version.revision, version.build);
}

} // namespace outboot::tool

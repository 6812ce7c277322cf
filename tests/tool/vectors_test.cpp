// Images made by MCUboot's imgtool: we read them, and from the same input and options make the same bytes.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tool/product.hpp"
#include "tool/image_check.hpp"

namespace outboot::tool {
namespace {

const std::string images = OUTBOOT_IMAGES;

nlohmann::json vectors(const std::string& file) {
    std::ifstream in(images + "/" + file);
    return nlohmann::json::parse(in).at("vectors");
}

ByteVector image_bytes(const Workspace& work, const std::string& file) {
    if (!file.ends_with(".xz")) return read_bytes(images + "/" + file);
    const auto unpacked = work.path("unpacked.bin");
    EXPECT_EQ(std::system(fmt::format("xz -dc '{}/{}' > '{}'", images, file, unpacked).c_str()), 0);
    return read_bytes(unpacked);
}

std::string key_path(const nlohmann::json& name) {
    const auto file = images + "/keys/" + name.get<std::string>();
    return file + (std::filesystem::exists(file + ".pem") ? ".pem" : ".bin");
}

std::optional<Key> decryption_key(const nlohmann::json& vector) {
    if (vector.at("enc_key").is_null()) return std::nullopt;
    return Key::load_for_wrapping(key_path(vector.at("enc_key")), "key");
}

ClearImage open_vector(const ImageFile& image, const nlohmann::json& vector) {
    const auto key = decryption_key(vector);
    return open_image(image, key ? &*key : nullptr);
}

// `verify`, with the keys that belong to the vector.
Ran verify(const Workspace& work, const nlohmann::json& vector, const std::string& file) {
    std::vector<std::string> arguments{"verify", file, "--payload-out", work.path("payload.bin")};
    if (!vector.at("sign_key").is_null()) arguments.insert(arguments.end(), {"-k", key_path(vector.at("sign_key"))});
    if (!vector.at("enc_key").is_null())
        arguments.insert(arguments.end(), {"--decrypt-key", key_path(vector.at("enc_key"))});
    return work.outboot(arguments);
}

bool is_signature(std::uint16_t type) {
    return (type >= format::tlv::rsa2048_pss && type <= format::tlv::ed25519) || type == format::tlv::decomp_signature;
}

bool is_wrapped_key(std::uint16_t type) {
    return type >= format::tlv::enc_rsa2048 && type <= format::tlv::enc_x25519_sha512;
}

// Signatures and wrapped keys are random; an ECDSA signature may be a byte or two shorter or longer than another. What
// follows in the protected area, and the hash over it, then differ with a compressed image's second signature.
void expect_same_tlvs(const ImageFile& ours, const ImageFile& theirs) {
    ASSERT_EQ(ours.tlvs().size(), theirs.tlvs().size());
    for (std::size_t i = 0; i < ours.tlvs().size(); ++i) {
        const auto& a = ours.tlvs()[i];
        const auto& b = theirs.tlvs()[i];
        EXPECT_EQ(a.type, b.type);
        EXPECT_EQ(a.is_protected, b.is_protected);
        const bool hash_of_random = ours.compressed() && a.type == format::tlv::sha256;
        if (is_wrapped_key(a.type)) {
            EXPECT_EQ(a.value.size(), b.value.size());
        } else if (!is_signature(a.type) && !hash_of_random) {
            EXPECT_EQ(a.value, b.value) << tlv_name(a.type);
        }
    }
}

} // namespace

TEST(Vectors, every_image_parses_into_what_an_independent_parser_found) {
    Workspace work;
    for (const auto& vector : vectors("images.json")) {
        if (vector.at("tlvs").is_null()) continue; // not an image: a digest for an external signer
        SCOPED_TRACE(vector.at("id").get<std::string>());
        const auto image = ImageFile::parse(image_bytes(work, vector.at("output_file")));
        const auto& header = vector.at("header");
        EXPECT_EQ(image.header().header_size, header.at("hdr_size"));
        EXPECT_EQ(image.header().payload_bytes, header.at("img_size"));
        EXPECT_EQ(image.header().flags, header.at("flags"));
        EXPECT_EQ(version_text(image.header().version), header.at("version"));
        EXPECT_EQ(image.image_bytes(), header.at("image_end"));
        ASSERT_EQ(image.tlvs().size(), vector.at("tlvs").size());
        for (std::size_t i = 0; i < image.tlvs().size(); ++i) {
            const auto& expected = vector.at("tlvs")[i];
            EXPECT_EQ(image.tlvs()[i].type, expected.at("type"));
            EXPECT_EQ(image.tlvs()[i].is_protected, expected.at("area") == "protected");
            EXPECT_EQ(image.tlvs()[i].offset - format::tlv_entry_bytes, expected.at("off"));
            EXPECT_EQ(image.tlvs()[i].value.size(), expected.at("len"));
            if (!expected.at("value").is_null()) {
                EXPECT_EQ(to_hex(image.tlvs()[i].value), expected.at("value"));
            }
        }
    }
}

TEST(Vectors, every_image_verifies_and_decrypts_to_its_input) {
    Workspace work;
    int encrypted = 0;
    for (const auto& vector : vectors("images.json")) {
        if (vector.at("tlvs").is_null()) continue;
        SCOPED_TRACE(vector.at("id").get<std::string>());
        const auto bytes = image_bytes(work, vector.at("output_file"));
        work.write("image.bin", bytes);
        const auto ran = verify(work, vector, "image.bin");
        EXPECT_EQ(ran.exit_code, 0) << ran.err;
        const auto opened = open_vector(ImageFile::parse(bytes), vector);
        encrypted += opened.was_encrypted ? 1 : 0;
        EXPECT_EQ(to_hex(sha256(opened.image.payload())), vector.at("plain_payload_sha256"));
        auto program = work.read("payload.bin");
        const std::size_t input_bytes = vector.at("input_body_len");
        ASSERT_GE(program.size(), input_bytes);
        program.resize(input_bytes); // an encrypted payload is padded
        EXPECT_EQ(to_hex(sha256(program)), vector.at("input_body_sha256"));
    }
    EXPECT_EQ(encrypted, 7); // P-256, X25519 and RSA, with AES-128 and AES-256
}

TEST(Vectors, an_image_with_one_changed_byte_does_not_verify) {
    Workspace work;
    for (const auto& vector : vectors("images.json")) {
        if (vector.at("tlvs").is_null()) continue;
        SCOPED_TRACE(vector.at("id").get<std::string>());
        const auto bytes = image_bytes(work, vector.at("output_file"));
        const std::size_t end_of_payload = vector.at("header").at("hash_region_len").get<std::size_t>() - 1;
        for (const std::size_t at : {std::size_t{21}, end_of_payload}) { // version; last byte of the signed region
            auto changed = bytes;
            changed[at] ^= 1;
            work.write("image.bin", changed);
            EXPECT_EQ(verify(work, vector, "image.bin").exit_code, 1) << "byte " << at;
        }
    }
}

TEST(Vectors, signing_the_same_input_gives_the_same_image) {
    Workspace work;
    int compared = 0;
    for (const auto& vector : vectors("images.json")) {
        std::vector<std::string> arguments = vector.at("cmd");
        arguments.erase(arguments.begin()); // imgtool
        arguments.back() = work.path("ours.bin");
        SCOPED_TRACE(fmt::format("{}", fmt::join(arguments, " ")));
        if (vector.contains("refused")) continue;
        const auto ran = work.outboot(arguments, images);
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        ++compared;
        const auto expected = image_bytes(work, vector.at("output_file"));
        if (vector.at("tlvs").is_null()) { // what an external signer must sign
            EXPECT_EQ(work.read("ours.bin"), expected);
            continue;
        }
        const auto ours = ImageFile::parse(work.read("ours.bin"));
        const auto theirs = ImageFile::parse(expected);
        expect_same_tlvs(ours, theirs);
        EXPECT_EQ(verify(work, vector, "ours.bin").exit_code, 0);
        const auto header = theirs.header().header_size;
        const bool random_inside = ours.find(format::tlv::decomp_signature, true) != nullptr;
        EXPECT_TRUE(random_inside || std::ranges::equal(ours.image().first(header), theirs.image().first(header)));
        const auto our_clear = open_vector(ours, vector);
        const auto their_clear = open_vector(theirs, vector);
        EXPECT_TRUE(std::ranges::equal(our_clear.image.payload(), their_clear.image.payload()));
        EXPECT_TRUE(random_inside ||
                    std::ranges::equal(our_clear.image.signed_region(), their_clear.image.signed_region()));
        if (vector.contains("trailer")) {
            EXPECT_EQ(ours.file_bytes(), theirs.file_bytes());
            const auto length = std::min(ours.behind().size(), theirs.behind().size());
            EXPECT_TRUE(std::ranges::equal(ours.behind().last(length), theirs.behind().last(length)));
        }
    }
    EXPECT_EQ(compared, 46);
}

TEST(Vectors, what_imgtool_refuses_to_sign_is_refused) {
    Workspace work;
    int refused = 0;
    for (const auto& vector : vectors("images.json")) {
        if (!vector.contains("refused")) continue;
        std::vector<std::string> arguments = vector.at("cmd");
        arguments.erase(arguments.begin());
        arguments.back() = work.path(arguments.back().ends_with(".hex") ? "ours.hex" : "ours.bin");
        EXPECT_NE(work.outboot(arguments, images).exit_code, 0) << vector.at("id");
        ++refused;
    }
    EXPECT_EQ(refused, 2);
    EXPECT_TRUE(work.files().empty());
}

// The kinds of refusal that need a device's state, or its choice of algorithms, aren't for `verify` to see.
TEST(Vectors, hostile_images_are_refused_and_controls_accepted) {
    Workspace work;
    std::map<std::string, int> counted;
    for (const auto& vector : vectors("images-negative.json")) {
        const std::string expected = vector.at("expect");
        const std::string id = vector.at("id");
        if (expected == "either" || id == "enc-rsa-256-on-128-loader" || vector.at("class") == "stateful") continue;
        SCOPED_TRACE(id);
        const auto ran = verify(work, vector, images + "/" + vector.at("file").get<std::string>());
        EXPECT_EQ(ran.exit_code, expected == "accept" ? 0 : 1) << ran.out << ran.err;
        ++counted[expected];
    }
    EXPECT_GE(counted["reject"], 75);
    EXPECT_GE(counted["accept"], 5);
}

} // namespace outboot::tool

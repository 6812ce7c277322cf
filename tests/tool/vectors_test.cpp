// Images made by MCUboot's imgtool: we read them, and from the same input and options make the same bytes.
#include <algorithm>
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

// Options of imgtool that outboot doesn't have yet: they must be refused, never ignored.
std::string option_not_offered(const nlohmann::json& vector) {
    for (const std::string word : vector.at("cmd"))
        for (const char* option :
             {"--boot-record", "--vid", "--cid", "--compression", "--sha", "--vector-to-sign", "--pad", "--confirm"})
            if (word == option) return option;
    return {};
}

ByteVector image_bytes(const Workspace& work, const std::string& file) {
    if (!file.ends_with(".xz")) return read_bytes(images + "/" + file);
    const auto unpacked = work.path("unpacked.bin");
    EXPECT_EQ(std::system(fmt::format("xz -dc '{}/{}' > '{}'", images, file, unpacked).c_str()), 0);
    return read_bytes(unpacked);
}

// `verify`, with the keys that belong to the vector.
Ran verify(const Workspace& work, const nlohmann::json& vector, const std::string& file) {
    std::vector<std::string> arguments{"verify", file};
    if (!vector.at("sign_key").is_null()) arguments.insert(arguments.end(), {"-k", sign_key});
    if (!vector.at("enc_key").is_null()) arguments.insert(arguments.end(), {"--decrypt-key", device_key});
    return work.outboot(arguments);
}

bool deterministic(const ImageTlv& tlv) {
    return tlv.type != format::tlv::ecdsa && tlv.type != format::tlv::enc_ec256;
}

// Signatures and wrapped keys are random; imgtool's signature may be a byte or two shorter or longer than ours.
void expect_same_tlvs(const ImageFile& ours, const ImageFile& theirs) {
    ASSERT_EQ(ours.tlvs().size(), theirs.tlvs().size());
    for (std::size_t i = 0; i < ours.tlvs().size(); ++i) {
        const auto& a = ours.tlvs()[i];
        const auto& b = theirs.tlvs()[i];
        EXPECT_EQ(a.type, b.type);
        EXPECT_EQ(a.is_protected, b.is_protected);
        if (deterministic(a)) {
            EXPECT_EQ(a.value, b.value) << tlv_name(a.type);
        }
        if (a.type == format::tlv::enc_ec256) {
            EXPECT_EQ(a.value.size(), b.value.size());
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
        const auto device = P256Key::load(device_key, "key");
        const auto opened = open_image(ImageFile::parse(bytes), &device);
        encrypted += opened.was_encrypted ? 1 : 0;
        EXPECT_EQ(to_hex(sha256(opened.image.payload())), vector.at("plain_payload_sha256"));
    }
    EXPECT_GE(encrypted, 2); // AES-128 and AES-256
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
        // A trailer behind the image changes nothing in it.
        arguments.erase(std::remove(arguments.begin(), arguments.end(), "--pad"), arguments.end());
        SCOPED_TRACE(fmt::format("{}", fmt::join(arguments, " ")));
        const auto ran = work.outboot(arguments, images);
        if (const auto option = option_not_offered(vector); !option.empty() && option != "--pad") {
            EXPECT_EQ(ran.exit_code, 2);
            EXPECT_TRUE(ran.says(option)) << ran.err;
            continue;
        }
        ASSERT_EQ(ran.exit_code, 0) << ran.err;
        ++compared;
        const auto ours = ImageFile::parse(work.read("ours.bin"));
        const auto theirs = ImageFile::parse(image_bytes(work, vector.at("output_file")));
        const auto header = theirs.header().header_size;
        EXPECT_TRUE(std::ranges::equal(ours.image().first(header), theirs.image().first(header)));
        expect_same_tlvs(ours, theirs);
        const auto device = P256Key::load(device_key, "key");
        EXPECT_TRUE(std::ranges::equal(open_image(ours, &device).image.signed_region(),
                                       open_image(theirs, &device).image.signed_region()));
        EXPECT_EQ(verify(work, vector, "ours.bin").exit_code, 0);
    }
    EXPECT_GE(compared, 20);
}

TEST(Vectors, hostile_images_are_refused_and_controls_accepted) {
    Workspace work;
    std::map<std::string, int> counted;
    for (const auto& vector : vectors("images-negative.json")) {
        const std::string expected = vector.at("expect");
        if (expected == "either") continue;
        const std::string id = vector.at("id");
        SCOPED_TRACE(id);
        const auto ran = work.outboot({"verify", "-k", sign_key, "--decrypt-key", device_key,
                                       images + "/" + vector.at("file").get<std::string>()});
        EXPECT_EQ(ran.exit_code, expected == "accept" ? 0 : 1) << ran.out << ran.err;
        ++counted[expected];
    }
    EXPECT_GE(counted["reject"], 50);
    EXPECT_GE(counted["accept"], 2);
}

} // namespace outboot::tool

#include "layout/schema.hpp"

#include "layout/catalogue.hpp"
#include "layout/services.hpp"
#include "layout/words.hpp"

namespace outboot::layouts::schema {
namespace {

constexpr bool required = true;
constexpr bool optional = false;

template <class Part>
std::vector<std::string> names(const std::vector<Part>& parts) {
    std::vector<std::string> all;
    all.reserve(parts.size());
    for (const auto& part : parts) all.push_back(part->name);
    return all;
}

std::vector<std::string> service_names() {
    std::vector<std::string> all;
    all.reserve(layouts::services().size());
    for (const auto& service : layouts::services()) all.emplace_back(service.name);
    return all;
}

} // namespace

const Schema& layout() {
    static const Schema all{
        "the layout",
        "The top of the file.",
        {{"format", Kind::size, required, "Version of the file's format: 1.", {}, {}},
         {"name", Kind::text, required, "The product's name, for people.", {}, {}},
         {"mcu",
          Kind::part_or_table,
          required,
          "The MCU: a part of the catalogue, or a table [mcu] that describes one.",
          {},
          names(mcu_parts())},
         {"plan",
          Kind::word,
          required,
          "How an update changes places with the running image. `offset`: the backup stands a hole further up than the "
          "staged image; every byte moves once. `scratch`: the backup stands where the staged image stood; every chunk "
          "moves through a scratch region. `overwrite`: no backup, no way back.",
          {},
          words::texts(words::plans)},
         {"external", Kind::table, required, "The external chip.", {}, {}},
         {"image", Kind::table, required, "What every image has in common.", {}, {}},
         {"crypto", Kind::table, required, "Signature and encryption scheme.", {}, {}},
         {"services", Kind::table, optional, "The service table.", {}, {}},
         {"policy", Kind::table, optional, "What the bootloader accepts.", {}, {}},
         {"region", Kind::tables, required, "The regions, in the order of their places.", {}, {}}}};
    return all;
}

const Schema& mcu() {
    static const Schema all{
        "[mcu]",
        "An MCU that isn't in the catalogue. Its name goes into the fingerprint.",
        {{"name", Kind::text, required, "Its name, one that the catalogue doesn't have.", {}, {}},
         {"code_flash", Kind::table, required, "The flash programs run from.", {}, {}},
         {"data_flash",
          Kind::table,
          optional,
          "A second flash with small blocks, for the journal.",
          "the journal takes blocks of the code flash",
          {}},
         {"ram",
          Kind::table,
          required,
          "The RAM both programs use; its last 64 bytes are the bootloader's record.",
          {},
          {}},
         {"option_setting", Kind::table, optional, "Mapped option bytes, which nothing here ever writes.", "none", {}},
         {"external_window", Kind::table, required, "Where the external chip is mapped.", {}, {}},
         {"vector_table_align", Kind::size, required, "Alignment of the vector table, a power of two.", {}, {}}}};
    return all;
}

const Schema& flash() {
    static const Schema all{
        "[mcu.code_flash]",
        "And likewise [mcu.data_flash].",
        {{"address", Kind::size, required, "Where it is mapped.", {}, {}},
         {"blocks",
          Kind::tables,
          required,
          "Its erase blocks from the lowest on, at most four runs of equal ones.",
          {},
          {}},
         {"program_unit", Kind::size, required, "Bytes programmed at a time, a power of two.", {}, {}},
         {"program_us",
          Kind::size,
          optional,
          "Microseconds to program one unit, typically.",
          "no estimate of times",
          {}},
         {"cycles", Kind::size, optional, "How often a block may be erased.", "no estimate of wear", {}}}};
    return all;
}

const Schema& blocks() {
    static const Schema all{
        "blocks = [{...}]",
        "One run of equal erase blocks.",
        {{"count", Kind::size, required, "How many.", {}, {}},
         {"size", Kind::size, required, "Of each, a power of two.", {}, {}},
         {"erase_us", Kind::size, optional, "Microseconds to erase one, typically.", "no estimate of times", {}}}};
    return all;
}

const Schema& range() {
    static const Schema all{"[mcu.ram]",
                            "And likewise [mcu.option_setting] and [mcu.external_window].",
                            {{"address", Kind::size, required, "Of its first byte.", {}, {}},
                             {"size", Kind::size, required, "Its length.", {}, {}}}};
    return all;
}

const Schema& external() {
    static const Schema all{
        "[external]",
        "A part of the catalogue by its `part`; any other chip by all keys but `part`.",
        {{"part", Kind::word, optional, "A part of the catalogue.", {}, names(nor_parts())},
         {"name", Kind::text, optional, "The chip's name, for people.", {}, {}},
         {"size", Kind::size, optional, "Its capacity.", {}, {}},
         {"address_bytes", Kind::size, optional, "Address bytes in its commands: 3 or 4.", {}, {}},
         {"erases", Kind::tables, optional, "Its erase sizes, ascending, one to three.", {}, {}},
         {"page_us", Kind::size, optional, "Microseconds to program 256 bytes, typically.", "no estimate of times", {}},
         {"cycles", Kind::size, optional, "How often a block may be erased.", "no estimate of wear", {}},
         {"jedec_id", Kind::size, optional, "Its answer to the JEDEC id command: 0x00MMTTCC.", {}, {}},
         {"jedec_id_mask", Kind::size, optional, "Bits of the id that must match.", "0xffffff", {}}}};
    return all;
}

const Schema& erase() {
    static const Schema all{
        "erases = [{...}]",
        "One erase command of the chip.",
        {{"size", Kind::size, required, "What it erases, a power of two.", {}, {}},
         {"opcode", Kind::size, required, "Its command byte.", {}, {}},
         {"typical_ms", Kind::size, optional, "How long it takes, typically.", "no estimate of times", {}}}};
    return all;
}

const Schema& image() {
    static const Schema all{"[image]",
                            "What every image has in common.",
                            {{"header_size",
                              Kind::size,
                              required,
                              "Bytes before the program, a multiple of 16; its vector table stands behind them.",
                              {},
                              {}},
                             {"max_size",
                              Kind::size,
                              optional,
                              "The largest image, where the secondary slot is smaller than the primary.",
                              "the primary slot's size",
                              {}}}};
    return all;
}

const Schema& crypto() {
    static const Schema all{
        "[crypto]",
        "Schemes, not keys: those are written at provisioning.",
        {{"signature", Kind::word, required, "How images are signed.", {}, words::texts(words::signatures)},
         {"encryption",
          Kind::word,
          required,
          "How the image key is wrapped, and the payload encrypted.",
          {},
          words::texts(words::encryptions)},
         {"optimize", Kind::word, optional, "What the bootloader's cryptography is built for.", "size",
          words::texts(words::optimizations)}}};
    return all;
}

const Schema& services() {
    static const Schema all{
        "[services]",
        "What the application may call of the bootloader's cryptography.",
        {{"offer", Kind::texts, optional, "Names of services; those left out cost nothing.", "none", service_names()}}};
    return all;
}

const Schema& policy() {
    static const Schema all{"[policy]",
                            "What the bootloader accepts. Not part of the fingerprint.",
                            {{"encrypted_updates",
                              Kind::flag,
                              optional,
                              "Refuse a staged image in clear.",
                              "true if the layout has an encryption scheme",
                              {}},
                             {"overwrite_broken_primary",
                              Kind::flag,
                              optional,
                              "Replace a broken or missing image without a way back.",
                              "true",
                              {}}}};
    return all;
}

const Schema& region() {
    static const Schema all{
        "[[region]]",
        "Regions of one memory are placed in the file's order, each at the first place that suits it. Every region is "
        "whole erase blocks.",
        {{"name",
          Kind::text,
          required,
          "Small letters, digits and _: it becomes a name in C, C++ and linker scripts.",
          {},
          {}},
         {"role",
          Kind::word,
          required,
          "What it is for. `bootloader`, `primary`, `secondary` and `journal` occur once each, `hole` under plan "
          "offset, "
          "`scratch` under plan scratch; `application` is the program's own, any number of them.",
          {},
          words::texts(words::roles)},
         {"memory", Kind::word, required, "Where it lies.", {}, words::texts(words::memories)},
         {"size", Kind::size_or_rest, required, "Its size; \"rest\": what those behind it leave.", {}, {}},
         {"offset", Kind::size, optional, "Its place, from the memory's start.", "behind the region before it", {}},
         {"align", Kind::size, optional, "Its place is a multiple of this.", "an erase block", {}},
         {"sections",
          Kind::texts,
          optional,
          "Linker sections that go there (role application), such as \".data_flash*\".",
          "none",
          {}}}};
    return all;
}

} // namespace outboot::layouts::schema

// What a picture of a layout shows, however it is drawn: each memory's regions in the order of their places, what fills
// them, and where images stand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layout/geometry.hpp"
#include "layout/model.hpp"

namespace outboot::layouts {

// What is known to stand in the memories. Sizes in bytes; an image counts from its header to its last TLV.
struct Contents {
    struct Bytes {
        std::string name; // of a section; may be empty
        std::uint64_t address = 0;
        std::uint64_t size = 0;
    };
    std::vector<Bytes> bytes;
    std::uint32_t running_image = 0; // 0: none is known
    std::uint32_t staged_image = 0;

    [[nodiscard]] bool empty() const { return bytes.empty() && running_image == 0 && staged_image == 0; }
};

struct Span {
    std::uint64_t begin = 0; // offsets from the memory's start
    std::uint64_t end = 0;

    [[nodiscard]] std::uint64_t size() const { return end - begin; }
};

// A region, or room that no region has.
struct Part {
    const Region* region = nullptr; // nullptr: unused
    char key = '.';
    Span place;
    bool known = false;            // if what stands in it is known
    std::vector<Span> filled = {}; // ascending, apart; all of it unless known
    std::uint64_t filled_bytes = 0;
    std::string remark = {};

    [[nodiscard]] std::string name() const { return region ? region->name : "(unused)"; }
    [[nodiscard]] std::string fill_text() const; // "12,268 B, 75 % full"
};

// Where an image stands, beside the regions.
struct Mark {
    std::string text;
    Span place;
};

struct MemoryDrawing {
    Memory memory = Memory::code_flash;
    std::string title; // "external W25Q16JV"
    Geometry geometry;
    std::vector<Part> parts; // ascending, without gaps
    std::vector<Mark> marks;
};

struct Drawing {
    std::vector<MemoryDrawing> memories;
    std::vector<Contents::Bytes> outside; // of the contents: what no region has
};

// Points into `model`.
Drawing drawing_of(const Model& model, const Contents& contents);

} // namespace outboot::layouts

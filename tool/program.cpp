#include "tool/program.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/text.hpp"
#include "tool/elf_file.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/intel_hex.hpp"
#include "tool/s_record.hpp"

namespace outboot::tool {

std::string describe(const Piece& piece) {
    return fmt::format("{} at {}, {} bytes", piece.name.empty() ? "content" : piece.name,
                       layouts::address_text(piece.address), piece.data.size());
}

std::vector<Piece> tidy(std::vector<Piece> pieces, const std::string& path) {
    std::stable_sort(pieces.begin(), pieces.end(), [](auto& a, auto& b) { return a.address < b.address; });
    std::vector<Piece> tidied;
    for (auto& piece : pieces) {
        if (!tidied.empty() && tidied.back().end() > piece.address)
            throw Failure(fmt::format("{} has two contents for {}: {}; {}", path, layouts::address_text(piece.address),
                                      describe(tidied.back()), describe(piece)));
        if (!tidied.empty() && tidied.back().end() == piece.address && tidied.back().name == piece.name)
            tidied.back().data.insert(tidied.back().data.end(), piece.data.begin(), piece.data.end());
        else
            tidied.push_back(std::move(piece));
    }
    return tidied;
}

namespace {

// Any kind of file but an ELF. No pieces if it is empty.
Program without_names(ByteVector content, const std::string& path) {
    Program program{path, ProgramKind::binary, {}, std::nullopt, 0};
    if (looks_like_hex(content)) {
        program.kind = ProgramKind::hex;
        program.pieces = tidy(parse_hex(content, path), path);
    } else if (looks_like_s_record(content)) {
        program.kind = ProgramKind::s_record;
        program.pieces = tidy(parse_s_record(content, path), path);
    } else if (!content.empty()) {
        program.pieces = {{0, std::move(content), {}}};
    }
    return program;
}

} // namespace

Program load_program(const std::string& path) {
    auto content = read_file(path, "the program");
    if (looks_like_elf(content)) return read_elf(path);
    auto program = without_names(std::move(content), path);
    if (program.pieces.empty()) throw Failure(fmt::format("{} is empty", path));
    return program;
}

const Piece* behind_wide_gap(const std::vector<Piece>& pieces) {
    for (std::size_t i = 1; i < pieces.size(); ++i)
        if (pieces[i].address - pieces[i - 1].end() > widest_gap_bytes) return &pieces[i];
    return nullptr;
}

ByteVector flatten(const std::vector<Piece>& pieces, std::uint64_t begin, std::uint8_t fill) {
    ByteVector out;
    for (const auto& piece : pieces) {
        out.resize(static_cast<std::size_t>(piece.address - begin), fill);
        out.insert(out.end(), piece.data.begin(), piece.data.end());
    }
    return out;
}

ByteVector read_content(const std::string& path, const std::string& what) {
    const auto program = without_names(read_file(path, what), path);
    const auto& pieces = program.pieces;
    if (pieces.empty()) return {};
    if (const auto* far = behind_wide_gap(pieces))
        throw Failure(fmt::format("{} has nothing from {} to {}: {} isn't one run of bytes", path,
                                  layouts::address_text((far - 1)->end()), layouts::address_text(far->address), what),
                      "give the file as `outboot sign` wrote it");
    return flatten(pieces, pieces.front().address, 0xff);
}

} // namespace outboot::tool

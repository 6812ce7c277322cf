#include "tool/program.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "layout/text.hpp"
#include "tool/elf_file.hpp"
#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/intel_hex.hpp"

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

Program load_program(const std::string& path) {
    auto content = read_file(path, "the program");
    if (looks_like_elf(content)) return read_elf(path);
    if (looks_like_hex(content)) {
        auto pieces = tidy(parse_hex(content, path), path);
        if (pieces.empty()) throw Failure(fmt::format("{} is empty", path));
        return {path, ProgramKind::hex, std::move(pieces), std::nullopt};
    }
    if (content.empty()) throw Failure(fmt::format("{} is empty", path));
    return {path, ProgramKind::binary, {{0, std::move(content), {}}}, std::nullopt};
}

} // namespace outboot::tool

#include "tool/board_files.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tool/failure.hpp"
#include "tool/files.hpp"
#include "tool/primitives.hpp"

namespace outboot::tool {
namespace {

using Json = nlohmann::json;

std::string state_path(const std::string& path) {
    return path + ".state";
}

bool exists(const std::string& path) {
    return !path.empty() && std::filesystem::exists(path);
}

ByteVector read_sized(const std::string& path, const std::string& what, std::size_t size) {
    ByteVector bytes = read_file(path, what);
    if (bytes.size() != size)
        throw Failure(fmt::format("{}: {} has {} bytes, this board's has {}", path, what, bytes.size(), size),
                      "give the file of a board with the same parts, or a new name");
    return bytes;
}

// `apply` gets the state's JSON; whatever it throws means that the state is no good.
template <class F>
void with_state(const std::string& path, F apply) {
    if (!exists(state_path(path))) return;
    try {
        const ByteVector text = read_file(state_path(path), "the state");
        apply(Json::parse(text.begin(), text.end()));
    } catch (const Failure&) {
        throw;
    } catch (const std::exception& error) {
        throw Failure(fmt::format("{}: not the state of {}: {}", state_path(path), path, error.what()),
                      "delete it to start from the bytes alone");
    }
}

std::vector<std::uint32_t> counts_of(const Json& state) {
    return state.at("erases").get<std::vector<std::uint32_t>>();
}

ByteVector bytes_of(const Json& state, const char* key) {
    return state.at(key).get<ByteVector>();
}

Json state_json(std::span<const std::uint32_t> erases) {
    return {{"erases", std::vector<std::uint32_t>(erases.begin(), erases.end())}};
}

// Without a state: a unit that is all ones is blank.
std::string guessed_units(const ByteVector& bytes, std::size_t unit_bytes) {
    std::string units;
    for (std::size_t at = 0; at < bytes.size(); at += unit_bytes) {
        const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = begin + static_cast<std::ptrdiff_t>(unit_bytes);
        units.push_back(std::all_of(begin, end, [](std::uint8_t b) { return b == 0xff; }) ? 'e' : 'p');
    }
    return units;
}

void read_code(const std::string& path, board::Contents& contents) {
    contents.code_flash.load(0, read_sized(path, "the code flash", contents.code_flash.size()));
    with_state(path, [&](const Json& state) {
        contents.code_flash.set_state(state.at("units").get<std::string>(), counts_of(state));
        const ByteVector options = bytes_of(state, "options");
        if (options.size() != contents.options.size())
            throw std::invalid_argument("option-setting memory of another size");
        contents.options = options;
    });
}

void read_data(const std::string& path, board::Contents& contents) {
    const ByteVector bytes = read_sized(path, "the data flash", contents.data_flash.size());
    contents.data_flash.load(0, bytes);
    const std::vector<std::uint32_t> fresh(contents.data_flash.erase_counts().size(), 0);
    contents.data_flash.set_state(guessed_units(bytes, board::DataFlash::unit_bytes), fresh);
    with_state(path, [&](const Json& state) {
        contents.data_flash.load(0, bytes);
        contents.data_flash.set_state(state.at("units").get<std::string>(), counts_of(state));
    });
}

void read_external(const std::string& path, board::Contents& contents) {
    contents.external.load(0, read_sized(path, "the external chip", contents.external.size()));
    with_state(path, [&](const Json& state) { contents.external.set_erase_counts(counts_of(state)); });
}

} // namespace

void read_board_files(const BoardFiles& files, board::Contents& contents) {
    if (exists(files.code)) read_code(files.code, contents);
    if (exists(files.data)) read_data(files.data, contents);
    if (exists(files.external)) read_external(files.external, contents);
}

void write_board_files(const BoardFiles& files, const board::Contents& contents) {
    if (!files.code.empty()) {
        Json state = state_json(contents.code_flash.erase_counts());
        state["units"] = contents.code_flash.unit_states();
        state["options"] = contents.options;
        write_file(files.code, contents.code_flash.bytes());
        write_file(state_path(files.code), state.dump());
    }
    if (!files.data.empty()) {
        Json state = state_json(contents.data_flash.erase_counts());
        state["units"] = contents.data_flash.unit_states();
        write_file(files.data, contents.data_flash.image());
        write_file(state_path(files.data), state.dump());
    }
    if (!files.external.empty()) {
        write_file(files.external, contents.external.bytes());
        write_file(state_path(files.external), state_json(contents.external.erase_counts()).dump());
    }
}

} // namespace outboot::tool

#include "rig/xmodem.hpp"

#include <algorithm>

namespace outboot::rig {
namespace {

constexpr char start_1024 = 0x02;
constexpr char end_of_file = 0x04;
constexpr const char* acknowledge = "\x06";
constexpr std::size_t block_bytes = 1024;
constexpr board::Picoseconds patience = 20 * board::second; // a receiver may erase before it answers

std::uint16_t crc16(std::string_view bytes) {
    std::uint32_t crc = 0;
    for (const char c : bytes) {
        crc ^= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 8;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? crc << 1 ^ 0x1021U : crc << 1;
    }
    return static_cast<std::uint16_t>(crc);
}

std::string block(unsigned number, tool::ByteSpan content) {
    std::string data(content.begin(), content.end());
    data.resize(block_bytes, 0x1a);
    const std::uint16_t crc = crc16(data);
    const auto low = static_cast<std::uint8_t>(number);
    std::string text{start_1024, static_cast<char>(low), static_cast<char>(~low)};
    text += data;
    text += static_cast<char>(crc >> 8);
    text += static_cast<char>(crc);
    return text;
}

} // namespace

board::RunResult send_xmodem(board::Board& board, tool::ByteSpan bytes) {
    const board::Until acknowledged{.uart_text = acknowledge, .time = patience};
    board::RunResult result;
    for (std::size_t at = 0, number = 1; at < bytes.size(); at += block_bytes, ++number) {
        board.send(block(static_cast<unsigned>(number), bytes.subspan(at, std::min(block_bytes, bytes.size() - at))));
        result = board.run(acknowledged);
        if (result.stop != board::Stop::uart_text) return result;
    }
    board.send(std::string(1, end_of_file));
    return board.run(acknowledged);
}

} // namespace outboot::rig

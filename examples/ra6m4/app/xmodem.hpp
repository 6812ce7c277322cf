// Receives a file by XMODEM with CRC, 128- or 1024-byte blocks (Chuck Forsberg, "XMODEM/YMODEM Protocol Reference").
#pragma once

#include <cstdint>

namespace example::xmodem {

enum class Result : std::uint8_t { ok, no_sender, cancelled, refused };

// Hands the bytes to `sink` block by block, padding included; it returns false to end the transfer.
Result receive(bool (*sink)(void* context, const std::uint8_t* bytes, std::uint32_t count), void* context);

} // namespace example::xmodem

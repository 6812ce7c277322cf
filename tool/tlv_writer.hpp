// Writes one TLV area, entry by entry.
#pragma once

#include <limits>

#include <fmt/format.h>

#include "tool/byte_order.hpp"
#include "tool/failure.hpp"

namespace outboot::tool {

class TlvWriter {
  public:
    TlvWriter(std::uint16_t magic, ByteOrder order) : magic_(magic), order_(order) {}

    void add(std::uint16_t type, ByteSpan value) {
        if (value.size() > most) throw Failure(fmt::format("a TLV can hold 65,535 bytes, not {}", value.size()));
        append16(entries_, type);
        append16(entries_, static_cast<std::uint16_t>(value.size()));
        entries_.insert(entries_.end(), value.begin(), value.end());
    }

    // The whole area with its info record; empty if there are no entries and `or_nothing`.
    [[nodiscard]] ByteVector bytes(bool or_nothing = false) const {
        if (or_nothing && entries_.empty()) return {};
        const std::size_t total = entries_.size() + format::tlv_info_bytes;
        if (total > most) throw Failure(fmt::format("a TLV area can hold 65,535 bytes, not {}", total));
        ByteVector out;
        append16(out, magic_);
        append16(out, static_cast<std::uint16_t>(total));
        out.insert(out.end(), entries_.begin(), entries_.end());
        return out;
    }

  private:
    static constexpr std::size_t most = std::numeric_limits<std::uint16_t>::max();

    void append16(ByteVector& out, std::uint16_t value) const {
        out.resize(out.size() + 2);
        put16(&out[out.size() - 2], value, order_);
    }

    std::uint16_t magic_;
    ByteOrder order_;
    ByteVector entries_;
};

} // namespace outboot::tool

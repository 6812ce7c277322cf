// Walks the entries of one TLV area that lies in memory. Knows bounds, not meanings: an entry that doesn't end inside
// the area is an error, whatever its type.
#pragma once

#include "format/image.hpp"

namespace outboot::format {

struct Tlv {
    std::uint16_t type = 0;
    Bytes value;
};

// Usage: TlvWalk walk(area); while (walk.next(tlv)) …; then walk.ok() says whether the area was well formed.
// `area` is the whole area with its info record, whose magic and total the caller has checked.
class TlvWalk {
  public:
    constexpr explicit TlvWalk(Bytes area) : rest_(area.subspan(tlv_info_bytes)) {}

    constexpr bool next(Tlv& tlv) {
        if (rest_.empty()) return false;
        if (rest_.size() < tlv_entry_bytes) return fail();
        const std::size_t length = get16(rest_.data() + 2);
        if (length > rest_.size() - tlv_entry_bytes) return fail();
        tlv = {get16(rest_.data()), rest_.subspan(tlv_entry_bytes, length)};
        rest_ = rest_.subspan(tlv_entry_bytes + length);
        return true;
    }

    [[nodiscard]] constexpr bool ok() const { return ok_; }

  private:
    constexpr bool fail() {
        ok_ = false;
        rest_ = {};
        return false;
    }

    Bytes rest_;
    bool ok_ = true;
};

} // namespace outboot::format

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
// `area` is the whole area with its info record; its length must be the info record's total.
class TlvWalk {
  public:
    constexpr TlvWalk(Bytes area, std::uint16_t expected_magic) : rest_(area) {
        ok_ = area.size() >= tlv_info_bytes && get16(area.data()) == expected_magic &&
              get16(area.data() + 2) == area.size();
        if (ok_) rest_ = area.subspan(tlv_info_bytes);
    }

    constexpr bool next(Tlv& tlv) {
        if (!ok_ || rest_.empty()) return false;
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
        return false;
    }

    Bytes rest_;
    bool ok_ = false;
};

} // namespace outboot::format

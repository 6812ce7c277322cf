// What the journal keeps: the state of the device, and the begin-record of an update. FORMAT.md gives every byte.
#pragma once

#include <bit>

#include "core/layout.hpp"
#include "core/reason.hpp"
#include "format/image.hpp"

namespace outboot::core {

using format::Bytes;
using format::MutableBytes;

static_assert(std::endian::native == std::endian::little, "what is stored is little-endian, like every target so far");

struct State {
    std::uint32_t counter_floor = 0; // highest confirmed security counter
    Phase phase = Phase::idle;
    Request request = Request::none;
    std::uint8_t attempts = 0; // boots left to a trial image
    std::uint8_t looking = 0;  // boots that began to verify the staged image of this request
    std::uint8_t flags = 0;    // flag_… below
    Outcome outcome = Outcome::none;
    Reason reason = Reason::none;
    std::uint8_t record = 0;          // current begin-record: 0 none, 1 A, 2 B
    std::uint16_t move = 0;           // next move, while moving or restoring
    std::uint16_t restore_chunks = 0; // while restoring: so many chunks from the top
    std::uint32_t record_check = 0;   // first word of that begin-record's check

    bool operator==(const State&) const = default;
};
static_assert(sizeof(State) == 20);

inline constexpr std::uint8_t flag_suspect = 1;     // the primary failed once, a reset was made to look again
inline constexpr std::uint8_t flag_confirmed = 2;   // the application confirmed its trial
inline constexpr std::uint8_t flag_backup_lost = 4; // the trial can't be reverted any more

// What must be known of an image without ever parsing it again.
struct ImageFacts {
    std::uint32_t payload_bytes;
    std::uint32_t total_bytes; // with all TLVs; 0: no such image
    std::uint16_t header_bytes;
    std::uint16_t protected_bytes; // protected TLV area
    std::uint32_t counter;
    std::array<std::uint8_t, 32> hash;       // SHA-256 of the signed region
    std::array<std::uint8_t, 32> tlv_digest; // SHA-256 of the unprotected TLV area

    [[nodiscard]] constexpr std::uint32_t signed_bytes() const {
        return header_bytes + payload_bytes + protected_bytes;
    }
};

// Written when an update is accepted, kept through trial and idle, where it describes the backup.
struct BeginRecord {
    static constexpr std::uint32_t expected_magic = 0x3152424f; // "OBR1"

    std::uint32_t magic;
    std::array<std::uint8_t, 8> fingerprint;
    Plan plan;
    Request request;
    std::uint8_t incoming_encrypted;
    std::uint8_t outgoing_on_trial; // the image replaced was never confirmed (its own backup was lost)
    ImageFacts incoming;
    ImageFacts outgoing;
    std::array<std::uint8_t, format::ec256_aes128_bytes> wrapped_key; // of the incoming image, as verified
    std::array<std::uint8_t, 3> padding;
    std::array<std::uint8_t, 8> check; // truncated SHA-256 of all before it
};
static_assert(sizeof(BeginRecord) == 300);

} // namespace outboot::core

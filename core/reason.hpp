// The vocabulary of a device's state: phases, requests, outcomes, and the reasons that stand behind them.
//
// The numbers are stored in the journal and in the RAM record (FORMAT.md): never renumber, only add.
#pragma once

#include <cstdint>

namespace outboot::core {

enum class Phase : std::uint8_t {
    idle = 1,
    moving = 2,    // an update is being installed, move by move
    on_trial = 3,  // a test image runs and waits for its confirmation
    restoring = 4, // the backup is being brought back
};

enum class Request : std::uint8_t {
    none = 0,
    test = 1,      // install; revert unless confirmed
    permanent = 2, // install for good
};

// What became of the last update.
enum class Outcome : std::uint8_t {
    none = 0,
    installed = 1, // confirmed, or requested as permanent
    on_trial = 2,
    refused = 3,   // nothing was touched
    abandoned = 4, // begun, but given up before the primary slot was touched
    reverted = 5,  // the old image is back
    nothing_valid = 6,
};

enum class Reason : std::uint8_t {
    none = 0,
    // The image's structure. "Header" is the 32-byte MCUboot header.
    no_image = 1,           // no header magic
    bad_header = 2,         // sizes, flags or header size that this bootloader can't serve
    bad_tlv = 3,            // an entry leaves its area, a forbidden or repeated type, a wrong order or length
    too_large = 4,          // image with TLVs doesn't fit the slot
    not_encrypted = 5,      // the layout demands encryption, the staged image is in clear
    bad_encryption = 6,     // the wrapped key doesn't unwrap with this device's key
    bad_hash = 7,           // content and hash TLV differ
    unknown_key = 8,        // signed with a key that this device doesn't hold
    bad_signature = 9,      // the signature doesn't fit
    wrong_layout = 10,      // fingerprint of another layout
    no_fingerprint = 11,    // no fingerprint at all
    counter_too_low = 12,   // security counter below the highest confirmed one
    bad_vector = 13,        // the reset vector points outside the image
    needs_newer_table = 14, // wants a service table this bootloader doesn't have
    // The update.
    no_room_for_backup = 20,  // the running image doesn't fit where its backup must go
    test_not_revertible = 21, // `test` asked for under plan overwrite
    looking_limit = 22,       // three boots didn't get through the verification of the staged image
    request_on_trial = 23,    // a request made while an unconfirmed image ran
    primary_changed = 24,     // after the move the primary isn't what was verified before it
    not_confirmed = 25,       // the trial's attempts are used up
    primary_failed = 26,      // the running image no longer verifies
    backup_lost = 27,         // the backup no longer matches its hash
    // The chips.
    chip_missing = 30, // the external chip doesn't answer, or isn't the one expected
    chip_read_failed = 31,
    chip_write_failed = 32,
    flash_failed = 33,   // internal flash: erase, program or read-back
    journal_failed = 34, // the journal can't be written
    // The device.
    no_keys = 40,        // the key block is missing or damaged
    internal_error = 41, // a broken invariant of our own
};

} // namespace outboot::core

#include "tool/reason_remedy.hpp"

namespace outboot::tool {

using core::Reason;

std::string_view remedy(Reason reason) {
    switch (reason) {
    case Reason::none:
        return "";
    case Reason::no_image:
        return "program a signed image, not the bare program: `outboot sign` makes one, `outboot provision` the whole "
               "production file. A debugger that loads the application's ELF writes over the header";
    case Reason::bad_header:
    case Reason::bad_tlv:
        return "make the image with `outboot sign --layout`, and program or stage all of it, unchanged";
    case Reason::too_large:
        return "`outboot doctor --app ELF` says what takes the room; `outboot sign --layout` refuses such an image";
    case Reason::not_encrypted:
        return "sign it with -E DEVICE_PUBLIC_KEY, or set encrypted_updates = false in the layout's [policy]";
    case Reason::bad_encryption:
        return "sign it with -E and the public half of this device's key: `outboot getpub` prints it";
    case Reason::bad_hash:
        return "the bytes were changed after signing, or only a part was written: program or stage the image anew. "
               "A debugger's breakpoints in flash, or an ELF loaded over the image, do this";
    case Reason::unknown_key:
        return "sign it with a key that was given to `outboot provision --sign-key`, or provision the device with this "
               "key";
    case Reason::bad_signature:
        return "sign it again; if that doesn't help, the key block holds another key under the same name";
    case Reason::wrong_layout:
        return "build and sign it with the files emitted from this device's layout, or program the bootloader that the "
               "image was built for";
    case Reason::no_fingerprint:
        return "sign it with `outboot sign --layout`";
    case Reason::counter_too_low:
        return "sign it with a higher counter: `outboot sign -s COUNTER`; devices don't go back behind a confirmed one";
    case Reason::bad_vector:
        return "link it with the layout's emitted app_memory.ld, vector table first: `outboot doctor --app ELF` says "
               "more";
    case Reason::needs_newer_table:
        return "build the application without the services the bootloader lacks, or provision a newer bootloader";
    case Reason::no_room_for_backup:
        return "make the secondary slot as large as the primary one, or request the update as permanent under plan "
               "overwrite";
    case Reason::test_not_revertible:
        return "request it as permanent: plan overwrite has no way back";
    case Reason::looking_limit:
        return "stage the image again and request it anew; power or watchdog cut three verifications short";
    case Reason::request_on_trial:
        return "confirm the running image first, then request the next one";
    case Reason::primary_changed:
        return "the chip showed other bytes than before: look at the external chip and its wiring";
    case Reason::not_confirmed:
        return "call confirm() in the new image once it has shown that it works";
    case Reason::primary_failed:
        return "the running image was changed: look for code that writes to its own slot, else for failing flash";
    case Reason::backup_lost:
        return "confirm the running image, or stage and request another one: the backup outside was overwritten";
    case Reason::chip_missing:
        return "look at the external chip's supply, pins and JEDEC id; the layout's [external] part must be the one "
               "fitted";
    case Reason::chip_read_failed:
    case Reason::chip_write_failed:
        return "look at the external chip: supply, wiring, write protection, wear";
    case Reason::flash_failed:
        return "look at the supply and at block protection (BPS, PBPS) of the primary slot; else the flash is worn out";
    case Reason::journal_failed:
        return "look at the journal's flash: protection, wear, or an application that writes there";
    case Reason::no_keys:
        return "program the production file that `outboot provision` makes: the bootloader's ELF alone has no keys, "
               "and loading it may have erased them";
    case Reason::internal_error:
        return "report it, with dumps of all memories";
    }
    return "use the outboot version of this bootloader: this one doesn't know the number";
}

} // namespace outboot::tool

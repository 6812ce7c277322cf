/* What a C application links: stage an update, request it, confirm it, see what became of it. The same calls as the C++
   header's, app/update.hpp, which says more of each; no heap, no state that a reset could lose. Link outboot::app_c, or
   compile app/update_c.cpp with the other sources.

       static outboot_update update;
       outboot_update_init(&update, &external, &data_flash);

       outboot_update_begin(&update, size, id);
       outboot_update_write(&update, bytes, count);             as they come, any number of them
       outboot_update_finish(&update);
       outboot_update_request(&update, outboot_request_test);   then reset

       outboot_update_confirm(&update);                         in the new image, once it has shown that it works

   The layout is the one that the emitted outboot_layout.hpp describes. */
#ifndef OUTBOOT_UPDATE_H
#define OUTBOOT_UPDATE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A flash device as the application lends it. Offsets count from the device's start; erase takes whole erase blocks,
   program whole program units of erased flash; false is a failure. lock returns false if the device is in use; where
   nothing else can be using it, lock and unlock are null. */
typedef struct {
    void* context; /* handed to each function */
    bool (*read)(void* context, uint32_t at, uint8_t* bytes, uint32_t count);
    bool (*erase)(void* context, uint32_t at, uint32_t count);
    bool (*program)(void* context, uint32_t at, const uint8_t* bytes, uint32_t count);
    bool (*lock)(void* context);
    void (*unlock)(void* context);
} outboot_flash;

/* What every call answers. */
typedef enum {
    outboot_update_ok = 0,
    outboot_update_busy = 1, /* a device is in use; try again */
    outboot_update_not_confirmed =
        2,                           /* a trial runs or a move is under way: the backup stands where this would write */
    outboot_update_too_large = 3,    /* doesn't fit the secondary slot */
    outboot_update_not_begun = 4,    /* write or finish without begin */
    outboot_update_too_much = 5,     /* more bytes than begin announced */
    outboot_update_incomplete = 6,   /* finish before all bytes have come */
    outboot_update_not_an_image = 7, /* what was staged doesn't begin with an image header */
    outboot_update_flash_failed = 8, /* the external chip failed, or reads back something else */
    outboot_update_journal_failed = 9, /* the journal can't be written */
    outboot_update_bad_argument = 100  /* a null pointer, or a device without read, erase or program */
} outboot_update_result;

typedef enum {
    outboot_phase_idle = 1,
    outboot_phase_moving = 2,
    outboot_phase_on_trial = 3,
    outboot_phase_restoring = 4
} outboot_phase;

typedef enum {
    outboot_request_none = 0,
    outboot_request_test = 1,     /* install; revert unless confirmed */
    outboot_request_permanent = 2 /* install for good: an image that never starts can't be undone */
} outboot_request;

typedef struct {
    uint8_t phase;          /* outboot_phase */
    uint8_t request;        /* outboot_request: not served yet */
    uint8_t outcome;        /* of the last update: outboot_outcome_name() */
    uint8_t reason;         /* why it ended so: outboot_reason_name(), and FORMAT.md, "Reasons" */
    uint8_t attempts;       /* boots left to an unconfirmed image */
    bool confirmed;         /* the running trial has been confirmed; the bootloader will note it */
    uint32_t counter_floor; /* no image below this security counter is accepted */
} outboot_update_status;

/* Belongs to the application, wherever it likes; its content to the library. */
typedef struct {
    void* content[16];
} outboot_update;

enum { outboot_update_id_bytes = 16 };

/* Once, before any other call. The devices are copied, what their contexts point to isn't. */
outboot_update_result outboot_update_init(outboot_update* update, const outboot_flash* external,
                                          const outboot_flash* data_flash);

/* Begins to stage an image, or goes on with it: outboot_update_position() then says from which byte on it is wanted.
   `id` is the caller's name for these very bytes, outboot_update_id_bytes long, such as the first half of their
   SHA-256; null if it has none: then it never goes on. */
outboot_update_result outboot_update_begin(outboot_update* update, uint32_t size_bytes, const uint8_t* id);
uint32_t outboot_update_position(const outboot_update* update);

/* Programmed and read back when this returns. */
outboot_update_result outboot_update_write(outboot_update* update, const uint8_t* bytes, uint32_t count);
outboot_update_result outboot_update_finish(outboot_update* update);

outboot_update_result outboot_update_request(outboot_update* update, outboot_request kind);
outboot_update_result outboot_update_confirm(outboot_update* update);
outboot_update_result outboot_update_get_status(outboot_update* update, outboot_update_status* status);

/* For people: "on_trial". Never null. */
const char* outboot_update_result_name(outboot_update_result result);
const char* outboot_phase_name(uint8_t phase);
const char* outboot_outcome_name(uint8_t outcome);
const char* outboot_reason_name(uint8_t reason);

#ifdef __cplusplus
}
#endif

#endif

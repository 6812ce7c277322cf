/* app/outboot_update.h from C, on chips in memory. */
#include "tests/app/update_c_program.h"

#include <string.h>

#include "app/outboot_update.h"
#include "outboot_layout.h"

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) return __LINE__;                                                                             \
    } while (0)

struct memory {
    uint8_t* bytes;
    bool in_use; /* by somebody else */
    int locks;
};

static uint8_t chip_bytes[OUTBOOT_EXTERNAL_SIZE];
static uint8_t inside_bytes[8192];
static struct memory chip;
static struct memory inside;

static bool read(void* context, uint32_t at, uint8_t* bytes, uint32_t count) {
    const struct memory* memory = context;
    memcpy(bytes, memory->bytes + at, count);
    return true;
}

static bool erase(void* context, uint32_t at, uint32_t count) {
    const struct memory* memory = context;
    memset(memory->bytes + at, 0xff, count);
    return true;
}

static bool program(void* context, uint32_t at, const uint8_t* bytes, uint32_t count) {
    const struct memory* memory = context;
    for (uint32_t i = 0; i < count; ++i) memory->bytes[at + i] &= bytes[i];
    return true;
}

static bool lock(void* context) {
    struct memory* memory = context;
    if (memory->in_use) return false;
    ++memory->locks;
    return true;
}

static void unlock(void* context) {
    --((struct memory*)context)->locks;
}

static const outboot_flash external = {&chip, read, erase, program, lock, unlock};
static const outboot_flash data_flash = {.context = &inside, .read = read, .erase = erase, .program = program};

static uint8_t image[20000];

static outboot_update_result begin_anew(outboot_update* update) {
    chip = (struct memory){.bytes = chip_bytes};
    inside = (struct memory){.bytes = inside_bytes};
    memset(chip_bytes, 0xff, sizeof chip_bytes);
    memset(inside_bytes, 0xff, sizeof inside_bytes);
    for (uint32_t i = 0; i < sizeof image; ++i) image[i] = (uint8_t)(i * i >> 3);
    const uint8_t magic[4] = {0x3d, 0xb8, 0xf3, 0x96};
    memcpy(image, magic, sizeof magic);
    return outboot_update_init(update, &external, &data_flash);
}

int c_stages_and_requests(void) {
    outboot_update update;
    outboot_update_status status;
    CHECK(begin_anew(&update) == outboot_update_ok);
    CHECK(outboot_update_write(&update, image, 1) == outboot_update_not_begun);
    CHECK(outboot_update_begin(&update, OUTBOOT_REGION_SECONDARY_SIZE + 1, NULL) == outboot_update_too_large);
    CHECK(outboot_update_begin(&update, sizeof image, NULL) == outboot_update_ok);
    for (uint32_t at = 0; at < sizeof image; at += 1000) {
        CHECK(outboot_update_finish(&update) == outboot_update_incomplete);
        CHECK(outboot_update_position(&update) == at);
        CHECK(outboot_update_write(&update, image + at, 1000) == outboot_update_ok);
    }
    CHECK(outboot_update_write(&update, image, 1) == outboot_update_too_much);
    CHECK(outboot_update_finish(&update) == outboot_update_ok);
    CHECK(memcmp(chip_bytes + OUTBOOT_REGION_SECONDARY_OFFSET, image, sizeof image) == 0);
    CHECK(outboot_update_get_status(&update, &status) == outboot_update_ok);
    CHECK(status.phase == outboot_phase_idle && status.request == outboot_request_none);
    CHECK(outboot_update_request(&update, outboot_request_test) == outboot_update_ok);
    CHECK(outboot_update_get_status(&update, &status) == outboot_update_ok);
    CHECK(status.phase == outboot_phase_idle && status.request == outboot_request_test);
    CHECK(strcmp(outboot_phase_name(status.phase), "idle") == 0);
    CHECK(strcmp(outboot_outcome_name(status.outcome), "none") == 0);
    CHECK(strcmp(outboot_reason_name(status.reason), "none") == 0);
    CHECK(strcmp(outboot_reason_name(255), "unknown") == 0);
    CHECK(outboot_update_confirm(&update) == outboot_update_ok);
    CHECK(chip.locks == 0);
    return 0;
}

int c_goes_on_where_it_was(void) {
    const uint8_t id[outboot_update_id_bytes] = {1, 2, 3};
    outboot_update update;
    CHECK(begin_anew(&update) == outboot_update_ok);
    CHECK(outboot_update_begin(&update, sizeof image, id) == outboot_update_ok);
    CHECK(outboot_update_write(&update, image, 9000) == outboot_update_ok);
    memset(&update, 0xa5, sizeof update); /* a reset */
    CHECK(outboot_update_init(&update, &external, &data_flash) == outboot_update_ok);
    CHECK(outboot_update_begin(&update, sizeof image, id) == outboot_update_ok);
    const uint32_t at = outboot_update_position(&update);
    CHECK(at == 9000 / OUTBOOT_EXTERNAL_ERASE_BLOCK * OUTBOOT_EXTERNAL_ERASE_BLOCK);
    CHECK(outboot_update_write(&update, image + at, sizeof image - at) == outboot_update_ok);
    CHECK(outboot_update_finish(&update) == outboot_update_ok);
    CHECK(memcmp(chip_bytes + OUTBOOT_REGION_SECONDARY_OFFSET, image, sizeof image) == 0);
    return 0;
}

int c_bad_arguments_are_refused(void) {
    outboot_update update;
    outboot_flash without = external;
    CHECK(outboot_update_init(NULL, &external, &data_flash) == outboot_update_bad_argument);
    CHECK(outboot_update_init(&update, NULL, &data_flash) == outboot_update_bad_argument);
    CHECK(outboot_update_init(&update, &external, NULL) == outboot_update_bad_argument);
    without.erase = NULL;
    CHECK(outboot_update_init(&update, &without, &data_flash) == outboot_update_bad_argument);
    CHECK(begin_anew(&update) == outboot_update_ok);
    CHECK(outboot_update_begin(NULL, 1, NULL) == outboot_update_bad_argument);
    CHECK(outboot_update_position(NULL) == 0);
    CHECK(outboot_update_write(&update, NULL, 1) == outboot_update_bad_argument);
    CHECK(outboot_update_write(NULL, image, 1) == outboot_update_bad_argument);
    CHECK(outboot_update_finish(NULL) == outboot_update_bad_argument);
    CHECK(outboot_update_request(NULL, outboot_request_test) == outboot_update_bad_argument);
    CHECK(outboot_update_request(&update, (outboot_request)3) == outboot_update_bad_argument);
    CHECK(outboot_update_confirm(NULL) == outboot_update_bad_argument);
    CHECK(outboot_update_get_status(&update, NULL) == outboot_update_bad_argument);
    CHECK(strcmp(outboot_update_result_name(outboot_update_bad_argument), "bad argument") == 0);
    CHECK(strcmp(outboot_update_result_name(outboot_update_journal_failed), "journal failed") == 0);
    CHECK(strcmp(outboot_update_result_name((outboot_update_result)50), "unknown") == 0);
    return 0;
}

int c_busy_device_is_told(void) {
    outboot_update update;
    CHECK(begin_anew(&update) == outboot_update_ok);
    chip.in_use = true;
    CHECK(outboot_update_begin(&update, sizeof image, NULL) == outboot_update_busy);
    chip.in_use = false;
    CHECK(outboot_update_begin(&update, sizeof image, NULL) == outboot_update_ok);
    return 0;
}

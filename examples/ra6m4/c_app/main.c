/* The example application in C: the same commands as the C++ one's, through app/outboot_update.h. */
#include <string.h>

#include "app/outboot_update.h"
#include "examples/ra6m4/c_app/board.h"
#include "outboot_layout.h"

/* ---- the flash devices, as the library wants them ---- */

struct chip {
    bool open;
    bool in_use;
};

static bool chip_read(void* context, uint32_t at, uint8_t* bytes, uint32_t count) {
    (void)context;
    return qspi_read(at, bytes, count);
}

static bool chip_erase(void* context, uint32_t at, uint32_t count) {
    (void)context;
    return qspi_erase(at, count);
}

static bool chip_program(void* context, uint32_t at, const uint8_t* bytes, uint32_t count) {
    (void)context;
    return qspi_program(at, bytes, count);
}

static bool chip_lock(void* context) {
    struct chip* chip = context;
    if (chip->in_use) return false;
    if (!chip->open) chip->open = qspi_open();
    chip->in_use = chip->open;
    return chip->in_use;
}

static void chip_unlock(void* context) {
    struct chip* chip = context;
    qspi_close();
    chip->in_use = false;
}

static bool inside_read(void* context, uint32_t at, uint8_t* bytes, uint32_t count) {
    (void)context;
    return data_flash_read(at, bytes, count);
}

static bool inside_erase(void* context, uint32_t at, uint32_t count) {
    (void)context;
    return data_flash_erase(at, count);
}

static bool inside_program(void* context, uint32_t at, const uint8_t* bytes, uint32_t count) {
    (void)context;
    return data_flash_program(at, bytes, count);
}

static struct chip chip;

static const outboot_flash external = {
    .context = &chip,
    .read = chip_read,
    .erase = chip_erase,
    .program = chip_program,
    .lock = chip_lock,
    .unlock = chip_unlock,
};

/* Nothing else in this program uses the data flash: no lock. */
static const outboot_flash data_flash = {
    .read = inside_read,
    .erase = inside_erase,
    .program = inside_program,
};

/* ---- commands ---- */

static outboot_update update;

static void report(const char* what, outboot_update_result result) {
    uart_print(what);
    uart_print(": ");
    uart_print(outboot_update_result_name(result));
    uart_print("\n");
}

/* Major, minor and revision stand in the running image's header (FORMAT.md). */
static void print_version(void) {
    const volatile uint8_t* header = (const volatile uint8_t*)OUTBOOT_REGION_PRIMARY_ADDRESS;
    uart_print_number(header[20]);
    uart_print(".");
    uart_print_number(header[21]);
    uart_print(".");
    uart_print_number((uint32_t)header[22] | (uint32_t)header[23] << 8);
}

static void show_status(void) {
    outboot_update_status status;
    const outboot_update_result result = outboot_update_get_status(&update, &status);
    if (result != outboot_update_ok) {
        report("status", result);
        return;
    }
    uart_print("status: version ");
    print_version();
    uart_print(", phase ");
    uart_print(outboot_phase_name(status.phase));
    uart_print(", last outcome ");
    uart_print(outboot_outcome_name(status.outcome));
    uart_print(", reason ");
    uart_print(outboot_reason_name(status.reason));
    uart_print(", attempts left ");
    uart_print_number(status.attempts);
    uart_print(status.confirmed ? ", confirmed\n" : "\n");
}

struct transfer {
    uint32_t left;
    outboot_update_result result;
};

/* XMODEM fills its last block up: what is behind the image doesn't count. */
static bool take_block(void* context, const uint8_t* bytes, uint32_t count) {
    struct transfer* transfer = context;
    const uint32_t part = count < transfer->left ? count : transfer->left;
    transfer->result = outboot_update_write(&update, bytes, part);
    transfer->left -= part;
    return transfer->result == outboot_update_ok;
}

static void receive(const char* digits) {
    struct transfer transfer = {0, outboot_update_ok};
    for (; *digits >= '0' && *digits <= '9'; ++digits) transfer.left = transfer.left * 10 + (uint32_t)(*digits - '0');
    transfer.result = outboot_update_begin(&update, transfer.left, NULL);
    if (transfer.result == outboot_update_ok) {
        uart_print("receive: send with XMODEM\n");
        if (uart_receive(take_block, &transfer)) {
            transfer.result = outboot_update_finish(&update);
        } else if (transfer.result == outboot_update_ok) {
            transfer.result = outboot_update_incomplete;
        }
    }
    report("receive", transfer.result);
}

static void obey(const char* line) {
    static const char receive_command[] = "receive ";
    if (strcmp(line, "status") == 0) {
        show_status();
    } else if (strncmp(line, receive_command, sizeof receive_command - 1) == 0) {
        receive(line + sizeof receive_command - 1);
    } else if (strcmp(line, "request test") == 0) {
        report(line, outboot_update_request(&update, outboot_request_test));
    } else if (strcmp(line, "request permanent") == 0) {
        report(line, outboot_update_request(&update, outboot_request_permanent));
    } else if (strcmp(line, "confirm") == 0) {
        report(line, outboot_update_confirm(&update));
    } else if (strcmp(line, "reset") == 0) {
        uart_print("resetting\n");
        board_reset();
    } else if (*line != 0) {
        uart_print("commands: status, receive <bytes>, request test, request permanent, confirm, reset\n");
    }
}

void application_main(void) {
    static char line[64];
    board_begin();
    uart_print("\noutboot example application, version ");
    print_version();
    uart_print("\n");
    if (outboot_update_init(&update, &external, &data_flash) != outboot_update_ok) uart_print("no devices\n");
    show_status();
    uart_print("ready\n");
    for (;;) {
        uart_read_line(line, sizeof line);
        obey(line);
    }
}

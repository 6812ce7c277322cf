/* What the C example needs of a board, as a vendor's drivers would give it: a UART, a reset, and the two flash devices.
   Behind it are the drivers of the C++ example. */
#ifndef EXAMPLE_BOARD_H
#define EXAMPLE_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void board_begin(void);
void board_reset(void);

void uart_print(const char* text);
void uart_print_number(uint32_t value);
/* A line without its end, cut to `room` - 1 characters. Waits for it. */
void uart_read_line(char* line, uint32_t room);
/* Receives by XMODEM and hands the bytes to `take`, which returns false to end it. False: not all has come. */
bool uart_receive(bool (*take)(void* context, const uint8_t* bytes, uint32_t count), void* context);

/* Offsets count from the chip's start. */
bool qspi_open(void);
void qspi_close(void);
bool qspi_read(uint32_t at, uint8_t* bytes, uint32_t count);
bool qspi_erase(uint32_t at, uint32_t count);
bool qspi_program(uint32_t at, const uint8_t* bytes, uint32_t count);

/* Offsets count from the data flash's start. */
bool data_flash_read(uint32_t at, uint8_t* bytes, uint32_t count);
bool data_flash_erase(uint32_t at, uint32_t count);
bool data_flash_program(uint32_t at, const uint8_t* bytes, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif

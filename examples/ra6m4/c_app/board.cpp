#include "examples/ra6m4/c_app/board.h"

#include "examples/ra6m4/app/timer.hpp"
#include "examples/ra6m4/app/uart.hpp"
#include "examples/ra6m4/app/xmodem.hpp"
#include "ports/ra6m4/application.hpp"
#include "ports/ra6m4/flash.hpp"
#include "ports/ra6m4/qspi.hpp"

using namespace outboot::ra6m4;
using namespace example;

extern "C" {

void board_begin(void) {
    begin_application();
    timer::begin(200);
    uart::begin(100);
}

void board_reset(void) {
    uart::flush();
    reset_mcu();
}

void uart_print(const char* text) {
    uart::print(text);
}

void uart_print_number(uint32_t value) {
    uart::print_number(value);
}

void uart_read_line(char* line, uint32_t room) {
    uint32_t length = 0;
    for (;;) {
        const int byte = uart::get(1000);
        if (byte < 0) continue;
        if (byte == '\r' || byte == '\n') break;
        if (length + 1 < room) line[length++] = static_cast<char>(byte);
    }
    line[length] = 0;
}

bool uart_receive(bool (*take)(void* context, const uint8_t* bytes, uint32_t count), void* context) {
    return xmodem::receive(take, context) == xmodem::Result::ok;
}

bool qspi_open(void) {
    return QspiNor::open();
}
void qspi_close(void) {
    QspiNor::map();
}
bool qspi_read(uint32_t at, uint8_t* bytes, uint32_t count) {
    return QspiNor::read(at, {bytes, count});
}
bool qspi_erase(uint32_t at, uint32_t count) {
    return QspiNor::erase(at, count);
}
bool qspi_program(uint32_t at, const uint8_t* bytes, uint32_t count) {
    return QspiNor::program(at, {bytes, count});
}

bool data_flash_read(uint32_t at, uint8_t* bytes, uint32_t count) {
    return DataFlash::read(at, {bytes, count});
}
bool data_flash_erase(uint32_t at, uint32_t count) {
    return DataFlash::erase(at, count);
}
bool data_flash_program(uint32_t at, const uint8_t* bytes, uint32_t count) {
    return DataFlash::program(at, {bytes, count});
}

} // extern "C"

/* On the host there is no bootloader: everything is offered, and the library's own code does it. */
#define OUTBOOT_SERVICES 0x1ffU

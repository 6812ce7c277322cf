// The first instructions an application executes: copies registers to RAM before anything has changed them.
//
// Position-independent, since it runs both where the application stands and where the MCU starts. The test appends a
// table of (address, size) pairs, ended by size 0; each register's value goes, one word each, to 0x20030000.
    .syntax unified
    .cpu cortex-m33
    .thumb

    .word 0x20038000
    .word start + 1 // the test adds where it puts the program

    .global start
start:
    movw r1, #0
    movt r1, #0x2003
    mrs r0, msplim
    stmia r1!, {r0}
    mrs r0, control
    stmia r1!, {r0}
    // The QSPI's registers can only be read while its module isn't stopped; MSTPCRB itself is read before.
    movw r2, #0x4004
    movt r2, #0x4008
    ldr r0, [r2]
    stmia r1!, {r0}
    bic r0, r0, #0x40
    str r0, [r2]
    ldr r0, [r2]

    adr r2, table
next:
    ldmia r2!, {r3, r4}
    cmp r4, #1
    blo finished
    beq one_byte
    cmp r4, #2
    beq two_bytes
    ldr r0, [r3]
    b keep
one_byte:
    ldrb r0, [r3]
    b keep
two_bytes:
    ldrh r0, [r3]
keep:
    stmia r1!, {r0}
    b next
finished:
    b finished

    .balign 4
table:

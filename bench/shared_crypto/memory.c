/* A small heap, so that it isn't what is measured: blocks one behind the other, the first free one that is large enough is
   taken. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "memory_config.h"

struct block {
    size_t bytes; /* behind this */
    size_t used;
};

static uint8_t* begin;
static uint8_t* end;

void bench_heap(uint8_t* at, size_t size) {
    begin = at;
    end = at + size;
    struct block* const all = (struct block*) at;
    all->bytes = size - sizeof *all;
    all->used = 0;
}

static struct block* behind(struct block* block) {
    return (struct block*) ((uint8_t*) (block + 1) + block->bytes);
}

void* bench_calloc(size_t count, size_t size) {
    const size_t bytes = (count * size + 7) & ~(size_t) 7;
    for (struct block* block = (struct block*) begin; (uint8_t*) block != end; block = behind(block)) {
        if (block->used) continue;
        for (struct block* next = behind(block); (uint8_t*) next != end && !next->used; next = behind(block))
            block->bytes += sizeof *next + next->bytes;
        if (block->bytes < bytes) continue;
        if (block->bytes > bytes + sizeof *block) {
            const size_t rest = block->bytes - bytes - sizeof *block;
            block->bytes = bytes;
            behind(block)->bytes = rest;
            behind(block)->used = 0;
        }
        block->used = 1;
        return memset(block + 1, 0, bytes);
    }
    return NULL;
}

void bench_free(void* memory) {
    if (memory != NULL) ((struct block*) memory - 1)->used = 0;
}

/* No operation here needs random numbers but to blind itself. */
int bench_random(void* state, unsigned char* bytes, size_t size) {
    (void) state;
    memset(bytes, 0x55, size);
    return 0;
}

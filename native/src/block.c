// SPDX-License-Identifier: Apache-2.0
#include "block.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Guard page and stack. */
static size_t below(void) { return (size_t)sysconf(_SC_PAGESIZE) + BLOCK_STACK_SIZE; }

void *block_allocate(size_t capacity) {
    char *base = mmap(NULL, below() + capacity, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        return NULL;
    }
    if (mprotect(base, below() - BLOCK_STACK_SIZE, PROT_NONE) != 0) {
        munmap(base, below() + capacity);
        return NULL;
    }
    return base + below();
}

void block_free(void *block, size_t capacity) {
    munmap((char *)block - below(), below() + capacity);
}

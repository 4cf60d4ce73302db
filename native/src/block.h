// SPDX-License-Identifier: Apache-2.0
/* The memory of a spawn: the request block with, right below it, the child's stack and a guard
 * page. */
#ifndef SPAWN4J_BLOCK_H
#define SPAWN4J_BLOCK_H

#include <stddef.h>

#define BLOCK_STACK_SIZE ((size_t)32 * 1024)

/* Returns a block of `capacity` bytes, a multiple of the page size; null where there is no memory.
 * It is shared, so that a forked child's outcome reaches us too. */
void *block_allocate(size_t capacity);

void block_free(void *block, size_t capacity);

#endif

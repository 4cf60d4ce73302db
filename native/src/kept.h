// SPDX-License-Identifier: Apache-2.0
/* The blocks of requests, each kept for the next one: a new one costs two calls, and a fault for
 * each page that is written to. Thread-safe. */
#ifndef SPAWN4J_KEPT_H
#define SPAWN4J_KEPT_H

#include <stddef.h>

struct kept {
    char *block;
    size_t capacity;
    struct kept *next; /* of those that are not in use */
};

/* A block of `needed` bytes or more, as block_allocate() gives it, until kept_give(); null if there
 * is no memory. Its bytes are those of its last request. */
struct kept *kept_take(size_t needed);

/* Gives a block back. It is kept, unless enough memory is; one for very many arguments never is. */
void kept_give(struct kept *kept);

/* Frees all blocks that are not in use. Called when the library is unloaded, as Java does not know
 * them. */
void kept_free_all(void);

#endif

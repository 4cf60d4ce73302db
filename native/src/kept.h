/* The blocks of requests, each kept for the next one: a new one costs two calls, and a fault for
 * each page that is written to. Thread-safe. */
#ifndef SPAWN4J_KEPT_H
#define SPAWN4J_KEPT_H

#include <stddef.h>

struct kept {
    char *block;
    size_t capacity;
    struct kept *next; /* of those that nobody uses */
};

/* A block of `needed` bytes or more, as block_allocate(), for whoever calls; null if there is no
 * memory. Its bytes are those of its last request. */
struct kept *kept_take(size_t needed);

/* Gives a block back. It is kept, unless enough memory is; one for very many arguments never is. */
void kept_give(struct kept *kept);

/* Frees all that nobody uses. Called when the library is unloaded, when nobody in Java knows them
 * any more. */
void kept_free_all(void);

#endif

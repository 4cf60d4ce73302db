/* The blocks that Java has allocated and keeps for its next request. Nobody in Java knows them any
 * more when the library is unloaded with its class loader; so they are known here. Thread-safe. */
#ifndef SPAWN4J_KEPT_H
#define SPAWN4J_KEPT_H

#include <stddef.h>

/* As block_allocate(). */
void *kept_allocate(size_t capacity);

/* Frees a block that kept_allocate() has returned, once. */
void kept_free(void *block);

/* Frees all. Called when the library is unloaded. */
void kept_free_all(void);

#endif

/* The reserved low block: every descriptor below 64 that was free when the library was loaded.
 *
 * A child that unshares its table from 64 upwards keeps only what lies below. So that it costs
 * nothing and no file of the application is ever copied, we hold those numbers with placeholders
 * and put there, for the moment of a spawn, what a child is to keep. Placeholders below 3 only keep
 * the JVM from opening a file as somebody's standard stream. Thread-safe. */
#ifndef SPAWN4J_SLOT_H
#define SPAWN4J_SLOT_H

#include "constants.h"

#include <stdbool.h>
#include <stdint.h>

#define SLOT_END ((int)REQUEST_SHARED_DESCRIPTORS)

/* Reserves what is free. Called once, when the library is loaded. */
void slots_reserve(void);

/* The numbers that are reserved, as bits; whether lent out or not. */
uint64_t slots_reserved(void);

/* Whether `fd` looks open but is only held by us. A number that somebody has closed and opened as
 * his own is his from then on. */
bool slot_is_ours(int fd);

/* Duplicates `fd` onto a free slot that is not in `avoid`; where none is free it lets others go
 * first for a while if it is to be `patient`. Returns its number, -EAGAIN where none is free, or
 * -errno. */
int slot_place(int fd, uint64_t avoid, bool patient);

/* Puts the placeholder back. */
void slot_release(int slot);

/* /dev/null, open for reading and writing, or -errno. It stays open; should somebody close it, the
 * next call opens another. */
int slot_null(void);

#endif

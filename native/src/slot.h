// SPDX-License-Identifier: Apache-2.0
/* The reserved descriptors: a window of 64 numbers, of which we hold those that were free when the
 * library was loaded.
 *
 * A child that unshares its table from the window's end upwards keeps only what lies below. So that
 * it costs little and no file that the application opens later is ever copied, we hold those
 * numbers with placeholders and put there, for the moment of a spawn, what a child is to keep. What
 * many spawns need stays there: /dev/null, and the programs of a few templates.
 *
 * The window begins at 0 where the library is loaded early. Where many files are open by then it
 * begins above them; the numbers below it that are free hold placeholders too, which only keep the
 * application from opening a file there, as those below 3 keep it from opening one as a standard
 * stream of others. It begins at a multiple of 64, as the kernel copies tables by words of so many
 * bits: of a boundary amid a word a child would hold, for a moment, what lies above it. Sets of
 * slots are 64 bits, counted from the window's beginning. Thread-safe.
 *
 * Descriptors belong to the process, and so do the slots; but each class loader of a JVM loads a
 * copy of this library with statics of its own. So what is known of the slots lies in memory that
 * the first copy makes and the others adopt. It is never freed, as nobody knows who is the last.
 * Starts wait for one another there too, as slots are what they run out of. */
#ifndef SPAWN4J_SLOT_H
#define SPAWN4J_SLOT_H

#include "turn.h"

#include <stdbool.h>
#include <stdint.h>

/* How many numbers the window has; and the kernel's word of a table. */
#define SLOT_WINDOW 64

/* The window begins no higher. A child copies what is open below and closes it again, which for so
 * many files takes about a tenth of a start. */
#define SLOT_MOST_BELOW 1024

/* Reserves what is free, if memfd_create(2) may be called. To be called by the first copy of the
 * library in the process; once there are slots, again changes nothing. Returns what others are to
 * adopt, or NULL if there are no slots. */
void *slots_reserve(bool may_create);

/* Uses the slots that another copy has reserved, whether or not it is still loaded. Returns 0, or
 * -EINVAL where that is another version of the library; there are no slots then. */
int slots_adopt(void *shared);

/* The window's first number; 0 where there are no slots. It stays the same. */
int slots_base(void);

/* The number behind its last one. */
int slots_cut(void);

/* The slot `fd` as a bit; nothing for numbers outside of the window. */
uint64_t slot_bit(int fd);

/* The numbers of the window that are reserved, as bits; whether lent out or not. */
uint64_t slots_reserved(void);

/* What the slots hold, as bits that may change at any moment; for a child that shares our memory.
 */
struct slots_use {
    /* A placeholder, and no spawn is using it. */
    const _Atomic uint64_t *available;

    /* Something that no child minds: /dev/null, programs, placeholders below 3. */
    const _Atomic uint64_t *kept;

    /* The placeholders below the window, SLOT_WINDOW numbers each. */
    const _Atomic uint64_t *below;
};
struct slots_use slots_use(void);

/* Whether `fd` looks open but is only held by us. A number that somebody has closed and opened as
 * his own is his from then on. */
bool slot_is_ours(int fd);

/* Begins a start that is to place `wanted` descriptors, when it is its turn (see turn.h). Returns
 * false if it must not place any. */
bool slots_begin(struct turn *turn, unsigned wanted, bool patient);

/* Ends it, when it has released its slots. */
void slots_end(struct turn *turn);

/* Duplicates `fd` onto a free slot that is not in `avoid`. Returns its number, -EAGAIN where none
 * is free, or -errno. */
int slot_place(int fd, uint64_t avoid);

/* Puts the placeholder back. `lent` is what was placed, or the other end of that pipe. A number
 * that somebody else has taken meanwhile is left alone. */
void slot_release(int slot, int lent);

/* The slot, not in `avoid`, that holds a duplicate of the program `fd` until slot_forget(), for any
 * number of spawns at once; the first call places it. Returns -EAGAIN where there is none: few
 * programs have one, so that slots are left to lend. */
int slot_keep(int fd, uint64_t avoid);

/* Whether slot_keep() would take no further slot. */
bool slot_keeps(int fd, uint64_t avoid);

/* To be called before `fd` is closed, if it may have been kept. */
void slot_forget(int fd);

/* /dev/null, open for reading and writing, or -errno. It stays open; should somebody close it, the
 * next call opens another. */
int slot_null(void);

#endif

// SPDX-License-Identifier: Apache-2.0
/* Starts of many threads at once, in the order in which they came.
 *
 * Many more starts than processors get in each other's way: each has its share of a processor, so
 * that all take long, and each holds descriptors that others wait for. So a certain number of
 * starts have their turn at once, and no more of them than find the slots that they want (see
 * slot.h); the others sleep. A start that blocks, at a FIFO or on a dead file system, must not
 * starve them: one that has had a turn for longer than a limit loses it to the next. Where no start
 * has ended for as long, all go on. Slots that are held without a turn are not waited for.
 *
 * Here rather than in Java, where a semaphore would not be shared by the class loaders of a JVM,
 * and each Error on the way could lose a permit for ever. A virtual thread that waits keeps its
 * carrier, as it does in the rest of a start; there are more turns than processors. */
#ifndef SPAWN4J_TURN_H
#define SPAWN4J_TURN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A start, on the stack of its thread. */
struct turn {
    struct turn *previous; /* in the list that its state says */
    struct turn *next;
    unsigned slots; /* that it wants; once it has begun, that it has */
    bool patient;   /* it waits for slots */
    int64_t began_ns;
    _Atomic uint32_t state;
};

struct turn_list {
    struct turn *first; /* the oldest */
    struct turn *last;
};

/* All starts of the process. As zeros it lets everybody go on at once. Thread-safe. */
struct turns {
    pthread_mutex_t lock;
    unsigned most; /* that there are at once */
    int64_t limit_ns;

    struct turn_list waiting;
    int64_t moved_ns;         /* when a start has ended, or there has been nobody waiting */
    struct turn_list running; /* those that have a turn */
    unsigned running_count;

    unsigned slots;
    unsigned slots_taken; /* by all that have begun and not ended */
    unsigned slots_stuck; /* those of them whose owners have lost their turns */
};

void turns_open(struct turns *turns, unsigned most, int64_t limit_ns);

/* Waits for a turn, and, if it is `patient`, until `wanted` of the `slots` are free. To be ended by
 * turn_end() on the same thread. Returns false if it has to do without any slot. */
bool turn_begin(struct turns *turns, struct turn *turn, unsigned wanted, unsigned slots,
                bool patient);

/* Lets others go on. */
void turn_end(struct turns *turns, struct turn *turn);

#endif

// SPDX-License-Identifier: Apache-2.0
/* The initial stack of a program, as the kernel would have made it. */
#ifndef SPAWN4J_WARM_FRAME_H
#define SPAWN4J_WARM_FRAME_H

#include "warm/protocol.h"

/* What must be fresh in every child. */
struct frame_random {
    uint64_t at_random[2]; /* what AT_RANDOM points to: the guards are made of it */
    uint32_t stack;        /* how far the stack is moved */
    uint32_t heap;         /* how far the heap is moved */
};

/* Builds the initial stack of the program that `request` describes, below the one that the linker
 * was stopped with, and stores in `map` where all parts of its memory are then. The old one
 * remains, as the auxiliary vector points there and the linker does too; so its argv[0] and
 * AT_RANDOM are replaced. Returns the new stack. */
uintptr_t frame_build(const struct warm_shared *shared, const struct request *request,
                      const struct frame_random *random, struct prctl_mm_map *map);

#endif

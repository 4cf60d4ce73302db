// SPDX-License-Identifier: Apache-2.0
/* The helper's child, until it is the program. */
#ifndef SPAWN4J_WARM_BECOME_H
#define SPAWN4J_WARM_BECOME_H

#include "warm/frame.h"
#include "warm/memory.h"

/* Waits for the message of the slot, and becomes the program that it describes. Hidden, as its
 * address would else be read from a table that nobody fills in the helper's image. */
__attribute__((visibility("hidden"))) void become_program(void *slot);

/* The steps of it that a kernel or its filter may lack, so that the helper tries them first. Each
 * returns 0 or -errno. */

/* Draws what makes a child another process than its siblings. */
long become_draw(struct frame_random *random);

/* Tells the kernel where the program's memory is. */
int become_set_map(const struct prctl_mm_map *map);

/* Registers the robust list, as the linker has done it for the helper. */
long become_register_robust_list(const struct memory *memory);

#endif

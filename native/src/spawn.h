// SPDX-License-Identifier: Apache-2.0
/* Starting a process as a request says. */
#ifndef SPAWN4J_SPAWN_H
#define SPAWN4J_SPAWN_H

#include "request.h"

#include <stddef.h>

/* Starts the child that the block describes and waits until it has executed its program or failed.
 * Returns 0 with pid and pidfd in the block, or -errno with the failed step there; a child that
 * failed has been reaped, and nothing is left open. Thread-safe for different blocks, which must
 * come from block_allocate(). */
int spawn(void *block, size_t capacity);

/* Makes the pipe of `source`: the child's end goes to `fd`, ours, which never blocks, to `peer`.
 * Returns 0 or -errno; what was opened stands in `source` in either case. */
int spawn_make_pipe(struct source *source);

#endif

// SPDX-License-Identifier: Apache-2.0
/* Collecting a child's exit. */
#ifndef SPAWN4J_WAIT_H
#define SPAWN4J_WAIT_H

#include "sys.h"

#include <stdbool.h>

struct wait_result {
    struct sys_exit_info info;
    struct rusage usage;
};

/* Reaps the child behind `pidfd`, without waiting. Returns 1 when it had ended, 0 when it runs,
 * -ECHILD when somebody else has reaped it and the kernel cannot tell its status any more, or
 * -errno. */
int wait_reap(int pidfd, struct wait_result *result);

/* The same without reaping it. */
int wait_peek(int pidfd, struct wait_result *result);

/* Whether the calling thread, not the process, has children or traces somebody. Zombies count. */
bool wait_has_children(void);

#endif

// SPDX-License-Identifier: Apache-2.0
/* What the child gets of processors, memory nodes and disks. */
#ifndef SPAWN4J_PRIORITY_H
#define SPAWN4J_PRIORITY_H

#include "sys.h"

#include <linux/ioprio.h>

/* Each is about the calling process; returns 0 or -errno, and never allocates. What is inlined is
 * so for the reason that call.h gives. */

static inline int priority_set_nice(int nice) {
    return (int)SYS_CALL(SYS_setpriority, PRIO_PROCESS, 0, nice, 0, 0);
}

/* Policy, static priority and niceness at once, by sched_setattr(2). */
int priority_set_policy(int policy, int priority, int nice);

/* `priority` is class and level, as ioprio_set(2) takes them. */
static inline int priority_set_io(int priority) {
    return (int)SYS_CALL(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, priority, 0, 0);
}

/* The processors whose bits are set in the `size` bytes at `set`. */
static inline int priority_set_cpus(const void *set, size_t size) {
    return (int)SYS_CALL(SYS_sched_setaffinity, 0, size, set, 0, 0);
}

/* The memory policy `mode`, for the nodes whose bits are set in the `size` bytes at `set`. */
int priority_set_nodes(int mode, const void *set, size_t size);

#endif

// SPDX-License-Identifier: Apache-2.0
/* What the child gets of processors, memory nodes and disks. */
#ifndef SPAWN4J_PRIORITY_H
#define SPAWN4J_PRIORITY_H

#include <stddef.h>

/* Each is about the calling process; returns 0 or -errno, and never allocates. */

int priority_set_nice(int nice);

/* `priority` is class and level, as ioprio_set(2) takes them. */
int priority_set_io(int priority);

/* The processors whose bits are set in the `size` bytes at `set`. */
int priority_set_cpus(const void *set, size_t size);

/* The memory policy `mode`, for the nodes whose bits are set in the `size` bytes at `set`. */
int priority_set_nodes(int mode, const void *set, size_t size);

#endif

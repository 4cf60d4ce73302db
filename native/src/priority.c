// SPDX-License-Identifier: Apache-2.0
#include "priority.h"

#include "sys.h"

#include <linux/ioprio.h>
#include <stdbool.h>

int priority_set_nice(int nice) {
    return (int)sys_call(SYS_setpriority, PRIO_PROCESS, 0, nice, 0, 0, 0);
}

int priority_set_io(int priority) {
    return (int)sys_call(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, priority, 0, 0, 0);
}

int priority_set_cpus(const void *set, size_t size) {
    return (int)sys_call(SYS_sched_setaffinity, 0, (long)size, (long)set, 0, 0, 0);
}

int priority_set_nodes(int mode, const void *set, size_t size) {
    /* The kernel takes one bit less than it is told. */
    long bits = (long)size * 8 + 1;
    return (int)sys_call(SYS_set_mempolicy, mode, (long)set, bits, 0, 0, 0);
}

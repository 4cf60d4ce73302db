// SPDX-License-Identifier: Apache-2.0
#include "priority.h"

#include <linux/sched/types.h>

int priority_set_policy(int policy, int priority, int nice) {
    /* Asked first for what is to keep its value, as the time slice, which counts as chosen from
     * then on: it no longer follows the kernel's default. Written as 0 it would, but one that was
     * chosen would be lost, and the kernel tells the two apart for nobody. */
    struct sched_attr attributes = {.size = sizeof attributes};
    long result = sys_call(SYS_sched_getattr, 0, (long)&attributes, sizeof attributes, 0, 0, 0);
    if (result < 0) {
        return (int)result;
    }
    attributes.sched_policy = (uint32_t)policy;
    attributes.sched_priority = (uint32_t)priority;
    attributes.sched_nice = nice;
    return (int)sys_call(SYS_sched_setattr, 0, (long)&attributes, 0, 0, 0, 0);
}

int priority_set_nodes(int mode, const void *set, size_t size) {
    /* The kernel takes one bit less than it is told. */
    long bits = (long)size * 8 + 1;
    return (int)sys_call(SYS_set_mempolicy, mode, (long)set, bits, 0, 0, 0);
}

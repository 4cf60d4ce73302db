// SPDX-License-Identifier: Apache-2.0
#include "timeslice.h"

#include "sys.h"

#include <linux/sched/types.h>

/* Gives a thread this time slice; 0: half of the one that it has. */
static int shorten(int tid, uint64_t slice_ns) {
    struct sched_attr attributes = {.size = sizeof attributes};
    long result = sys_call(SYS_sched_getattr, tid, (long)&attributes, sizeof attributes, 0, 0, 0);
    if (result < 0) {
        return (int)result;
    }
    /* Older kernels know of no slice here; that of SCHED_DEADLINE means something else. */
    if (attributes.sched_runtime == 0 ||
        (attributes.sched_policy != SCHED_NORMAL && attributes.sched_policy != SCHED_BATCH)) {
        return 0;
    }
    /* The flag below would take it from what is started, which has its niceness from its thread
     * (sched(7)). */
    if (attributes.sched_nice < 0) {
        return 0;
    }
    attributes.sched_runtime = slice_ns ? slice_ns : attributes.sched_runtime / 2;
    /* Or the children that a callback or a helper starts would have it. */
    attributes.sched_flags |= SCHED_FLAG_RESET_ON_FORK;
    return (int)sys_call(SYS_sched_setattr, tid, (long)&attributes, 0, 0, 0, 0);
}

int timeslice_halve(void) { return shorten(0, 0); }

int timeslice_set(int tid, uint64_t slice_ns) { return shorten(tid, slice_ns); }

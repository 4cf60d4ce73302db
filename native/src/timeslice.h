// SPDX-License-Identifier: Apache-2.0
/* How soon a thread gets a processor when it wakes up. */
#ifndef SPAWN4J_TIMESLICE_H
#define SPAWN4J_TIMESLICE_H

#include <stdint.h>

/* Gives the calling thread half the time slice that it has, which threads and processes that it
 * starts do not inherit. Without effect before Linux 6.12, and on threads that are neither
 * SCHED_OTHER nor SCHED_BATCH or have a negative nice value. Returns 0 or -errno.
 *
 * From then on the thread cannot change its policy without SCHED_FLAG_RESET_ON_FORK, except with
 * CAP_SYS_NICE. */
int timeslice_halve(void);

/* As timeslice_halve(), for the thread `tid` and a slice of so many nanoseconds. */
int timeslice_set(int tid, uint64_t slice_ns);

#endif

// SPDX-License-Identifier: Apache-2.0
/* The time that deadlines are told in. */
#ifndef SPAWN4J_WARM_CLOCK_H
#define SPAWN4J_WARM_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The time in `ms` milliseconds. */
static inline int64_t clock_deadline_ns(int ms) { return clock_now_ns() + (int64_t)ms * 1000000; }

#endif

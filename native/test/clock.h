// SPDX-License-Identifier: Apache-2.0
/* The clock of the programs that time something. */
#ifndef SPAWN4J_CLOCK_H
#define SPAWN4J_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

#endif

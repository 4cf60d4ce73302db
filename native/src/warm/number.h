// SPDX-License-Identifier: Apache-2.0
/* Reads what /proc prints. Not by strtoull(3), as the headers of glibc 2.38 and newer give that one
 * a name which older libraries lack. */
#ifndef SPAWN4J_WARM_NUMBER_H
#define SPAWN4J_WARM_NUMBER_H

#include <stdint.h>

/* The next decimal number in `*at`, without its sign, or 0 if there is none. Moves `*at` behind it.
 */
static inline uint64_t number_read(const char **at) {
    uint64_t number = 0;
    while (**at && (**at < '0' || **at > '9')) {
        ++*at;
    }
    for (; **at >= '0' && **at <= '9'; ++*at) {
        number = number * 10 + (uint64_t)(**at - '0');
    }
    return number;
}

#endif

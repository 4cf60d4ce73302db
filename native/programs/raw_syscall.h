// SPDX-License-Identifier: Apache-2.0
/* The library's system call, with five arguments at most, for programs that have no libc or share a
 * stack: it is inlined always, so no return address is left on a stack that another process may use
 * meanwhile. */
#ifndef SPAWN4J_RAW_SYSCALL_H
#define SPAWN4J_RAW_SYSCALL_H

#include "../src/call.h"

__attribute__((always_inline)) static inline long raw_syscall(long nr, long a, long b, long c,
                                                              long d, long e) {
    return sys_call(nr, a, b, c, d, e, 0);
}

#endif

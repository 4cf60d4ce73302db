// SPDX-License-Identifier: Apache-2.0
/* Functions that not every C library has: looked up when they are first called, so that one file of
 * ours serves glibc from 2.17 on, and musl. */
#ifndef SPAWN4J_LIBC_H
#define SPAWN4J_LIBC_H

struct libc_function {
    const char *name;
    _Atomic(void *) address; /* once it is known */
};

/* The function, or NULL where the C library has none of this name. Thread-safe. */
void *libc_find(struct libc_function *function);

#endif

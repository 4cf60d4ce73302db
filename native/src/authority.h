// SPDX-License-Identifier: Apache-2.0
/* By what a strict template knows who may spawn from it: the credentials of a thread, as far as the
 * kernel tells them. */
#ifndef SPAWN4J_AUTHORITY_H
#define SPAWN4J_AUTHORITY_H

#include <stdint.h>

struct authority {
    uint32_t process;
    uint32_t unforked; /* 0 in a child that was forked from us, where nobody could have known */
    uint32_t uids[3];
    uint32_t gids[3];
    uint32_t securebits;
    uint32_t groups_count;
    uint64_t groups_hash;
    uint32_t capabilities[6];
};

/* Prepares what forked children will find wiped. Called once, when the library is loaded. */
void authority_load(void);

/* Frees it. Called when the library is unloaded. */
void authority_unload(void);

/* Reads the calling thread's authority; equal ones compare equal byte by byte. Returns 0 or -errno.
 */
int authority_read(struct authority *authority);

#endif

// SPDX-License-Identifier: Apache-2.0
/* Who the child is, and what it may. */
#ifndef SPAWN4J_CREDENTIALS_H
#define SPAWN4J_CREDENTIALS_H

#include "sys.h"

#include <sys/prctl.h>

/* Each is about the calling process; returns 0 or -errno, and never allocates. Capabilities are
 * sets of bits, as the kernel numbers them. */

int credentials_set_groups(int count, const void *ids);
int credentials_set_group(int id);
int credentials_set_user(int id);

/* The effective ids become the real ones. */
int credentials_reset(void);

/* Whatever comes of the process has no other capabilities than `kept`. */
int credentials_bound(uint64_t kept);

/* The process itself has no others. */
int credentials_keep(uint64_t kept);

static inline int credentials_forbid_new_privileges(void) {
    return sys_prctl(PR_SET_NO_NEW_PRIVS, 1);
}

#endif

// SPDX-License-Identifier: Apache-2.0
/* Whether the system calls of warm templates may be made. */
#ifndef SPAWN4J_WARM_CALLS_H
#define SPAWN4J_WARM_CALLS_H

/* Returns 0 if all that we call for a helper are there, or -errno: -EACCES where a filter kills who
 * makes one. What the helper itself calls it tries when it is made. Asked once, in a child, as the
 * probes of probe.h are; thread-safe. */
int calls_check(void);

/* What people may have forbidden, or left out of a kernel. */
enum calls_need { CALLS_PTRACE, CALLS_KCMP, CALLS_CHECKPOINT_RESTORE, CALLS_NEEDS };

/* Returns 0 if this is there, or -errno. Asked anew each time, in a child; for a caller that
 * looks for what is missing. */
int calls_ask(enum calls_need need);

#endif

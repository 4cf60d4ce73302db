// SPDX-License-Identifier: Apache-2.0
/* What the child gives up for good: files and system calls. */
#ifndef SPAWN4J_CONFINE_H
#define SPAWN4J_CONFINE_H

#include <stddef.h>

/* Whether there is Landlock, and it can keep files from being cut short. Returns 0 or -errno. */
int confine_check(void);

/* Leaves the calling process the paths that `rules` name, by Landlock. Each rule is a letter and a
 * path that ends by NUL; the letter is REQUEST_PATH_READ, REQUEST_PATH_WRITE or, for a file that
 * need not be there, REQUEST_PATH_DEVICE. With REQUEST_SIGNALS_WITHIN as `scope` it can signal
 * nobody any more but what comes of it, where the kernel has that. Returns 0 or -errno; -EOPNOTSUPP
 * if the kernel cannot keep files from being cut short. Never allocates. */
int confine_paths(int scope, const char *rules, size_t size);

/* Has the calling process's system calls filtered by the `size` bytes of BPF at `program`. Returns
 * 0 or -errno. Nothing but to execute a program may follow. */
int confine_calls(const void *program, size_t size);

#endif

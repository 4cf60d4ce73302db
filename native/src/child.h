// SPDX-License-Identifier: Apache-2.0
/* The child between clone and exec. Its memory may be the parent's: raw system calls only, nothing
 * is allocated, nothing locked. */
#ifndef SPAWN4J_CHILD_H
#define SPAWN4J_CHILD_H

#include "request.h"

/* Becomes the program that `request` (a struct request) describes, or writes what failed into it
 * and exits. Does not return. */
void child_run(void *request);

/* Where a child has failed. */
struct child_failure {
    int step;
    int index;
};

/* Gives the child its attributes and takes its actions: the early attributes, the actions in their
 * order, the late attributes; a signal mask only goes to `mask`. Returns 0, or -errno with
 * `failure` told. */
int child_configure(const struct request *request, signal_set *mask, struct child_failure *failure);

#endif

// SPDX-License-Identifier: Apache-2.0
/* The end of helpers and of children that wait, which must not hold anybody up: a process that is
 * frozen does not die before it is thawed. */
#ifndef SPAWN4J_WARM_ENDED_H
#define SPAWN4J_WARM_ENDED_H

#include <stdbool.h>

/* Kills a child and reaps it, and closes its pidfd. One that has not died after `wait_ms` is reaped
 * by a later ended_reap(). Returns whether it has died. Thread-safe. */
bool ended_kill(int pidfd, int wait_ms);

/* Reaps those that have died by now. Thread-safe. */
void ended_reap(void);

#endif

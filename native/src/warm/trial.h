// SPDX-License-Identifier: Apache-2.0
/* Whether a dynamic linker starts a program warm as it does cold: it is tried with a program of
 * ours, before it links anybody else's ahead. */
#ifndef SPAWN4J_WARM_TRIAL_H
#define SPAWN4J_WARM_TRIAL_H

#include "warm/check.h"

/* Returns WARM_STARTED if the linker has passed its trial; WARM_LINKER_DIFFERS if it has not; or
 * what came in between, such as a lack of memory, with the errno behind it. What was compared once
 * is not compared again. Thread-safe. */
enum warm_reason trial_check(const struct linker *linker, int64_t deadline_ns, int *error);

/* Writes what has become of the trials, a line for each linker. Returns the length, less than
 * `capacity`. Thread-safe. */
size_t trial_tell(char *text, size_t capacity);

#endif

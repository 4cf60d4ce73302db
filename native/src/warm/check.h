// SPDX-License-Identifier: Apache-2.0
/* Which programs can be started warm, and which variables make a helper another. */
#ifndef SPAWN4J_WARM_CHECK_H
#define SPAWN4J_WARM_CHECK_H

#include "identity.h"
#include "warm/warm.h"

#include <limits.h>

/* The dynamic linker of a program. */
struct linker {
    struct identity identity;
    char path[PATH_MAX];
};

/* Looks at the file `path`, and at the interpreter of a script. Returns WARM_STARTED and the
 * dynamic linker, or why it cannot be started warm. */
enum warm_reason check_program(const char *path, struct linker *linker);

/* Whether the dynamic linker reads this variable, NAME=value, before it is stopped. No other one is
 * read so early by anybody. */
bool check_is_read_by_linker(const char *variable);

/* Whether this variable has the linker do something that is to happen at each start. What it prints
 * shows by itself. */
bool check_has_linker_act(const char *variable);

#endif

// SPDX-License-Identifier: Apache-2.0
/* The strategy POSIX_SPAWN: a request in the words of posix_spawn(3). */
#ifndef SPAWN4J_POSIX_H
#define SPAWN4J_POSIX_H

#include "request.h"

/* Whether posix_spawn(3) has words for all of it. Returns 0, or -ENOTSUP with the action or the
 * attribute in the outcome. */
int posix_check(const struct request *request);

/* Starts the child; its sources are placed. Returns its pid or -errno. */
int posix_start(const struct request *request);

#endif

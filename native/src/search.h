// SPDX-License-Identifier: Apache-2.0
/* Which file a program's name means: found by executing one candidate after the other. */
#ifndef SPAWN4J_SEARCH_H
#define SPAWN4J_SEARCH_H

#include "request.h"

/* Executes `path` with `argv`. Returns -errno; 0 only if it was another process that did it. */
typedef int search_execute(const struct request *request, const char *path, char **argv,
                           void *context);

/* Executes the request's program by its path or, where it is searched, the first candidate that can
 * be executed. With REQUEST_FLAG_EXECVP a file that is no program is run by the shell. Returns what
 * `execute` returns, or the -errno of a search that has found nothing. */
int search_program(const struct request *request, search_execute *execute, void *context);

#endif

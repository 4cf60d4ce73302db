// SPDX-License-Identifier: Apache-2.0
/* How a child gets into the cgroup (version 2) that was asked for. */
#ifndef SPAWN4J_CGROUP_H
#define SPAWN4J_CGROUP_H

#include "request.h"

#include <stdbool.h>

/* Refuses a cgroup that is frozen: its child would not run, and neither would we, who wait for its
 * exec. One that is frozen in the next moment holds us until it is thawed. Returns 0 or what
 * request_fail() returned. */
int cgroup_check(const struct request *request);

/* Opens what a child writes itself into that could not be born in the cgroup. Returns the
 * descriptor, which is the caller's, or what request_fail() returned. */
int cgroup_open(const struct request *request);

/* Whether the kernel has killed a child at its birth in this cgroup, as it then does with each. */
bool cgroup_is_deadly(const struct request *request);

/* Remembers that it has. */
void cgroup_note_death(const struct request *request);

/* Whether it has done so in any cgroup. */
bool cgroup_has_killed(void);

#endif

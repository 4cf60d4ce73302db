// SPDX-License-Identifier: Apache-2.0
/* Whether a child of a helper is what a cold start would make of a request by now. */
#ifndef SPAWN4J_WARM_CURRENT_H
#define SPAWN4J_WARM_CURRENT_H

#include "warm/internal.h"

/* WARM_STARTED, or what differs: the program, its environment, or who starts it. */
enum warm_reason current_check(struct warm_helper *helper, const struct request *request);

/* Whether the calling thread may use the helper. A thread that may not trace it must not, as the
 * helper's children can do what the helper can; nor may one that does not share its directory, root
 * and umask with it. */
bool current_may_use(const struct warm_helper *helper);

/* Whether children that have ended are kept until they are waited for. */
bool current_keeps_children(void);

#endif

// SPDX-License-Identifier: Apache-2.0
/* Which requests can be started warm: a child of a helper has none of our descriptors but what it
 * is sent, and has not our signals. */
#ifndef SPAWN4J_WARM_FIT_H
#define SPAWN4J_WARM_FIT_H

#include "request.h"
#include "warm/warm.h"

/* WARM_STARTED with a number above all that the request names, or why it must be started cold. */
enum warm_reason fit_check(const struct request *request, int *above);

/* Whether the child would have our standard stream `fd`, or an action may look at it. */
bool fit_inherits(const struct request *request, int fd);

/* Whether nothing can fail in the child, so that nobody has to wait for how it goes, once we have
 * opened ahead what there is to be opened. */
bool fit_can_be_handed_over(const struct request *request);

/* Whether this action of such a request is done with a descriptor that we open. */
bool fit_is_opened_ahead(const struct action *action);

#endif

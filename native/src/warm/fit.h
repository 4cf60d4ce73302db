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

/* Whether nothing that the child does can fail, so that nobody has to wait for how it goes. */
bool fit_cannot_fail(const struct request *request);

#endif

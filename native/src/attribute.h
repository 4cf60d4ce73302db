// SPDX-License-Identifier: Apache-2.0
/* Properties of the child that it gives itself, before or after the actions. */
#ifndef SPAWN4J_ATTRIBUTE_H
#define SPAWN4J_ATTRIBUTE_H

#include "request.h"

/* Applies `attribute` in the child. Returns 0 or -errno; never allocates. Does not return if the
 * child is to die with its parent and has lost it already. */
int attribute_apply(const struct request *request, const struct attribute *attribute);

#endif

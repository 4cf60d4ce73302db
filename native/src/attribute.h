// SPDX-License-Identifier: Apache-2.0
/* Properties of the child that it gives itself, before or after the actions. */
#ifndef SPAWN4J_ATTRIBUTE_H
#define SPAWN4J_ATTRIBUTE_H

#include "request.h"

/* Applies, in the child, the request's attributes from the type `first` up to the type before
 * `end`, in their order. Returns 0, or -errno with the number of the attribute in `failed`; never
 * allocates. Does not return if the child is to die with its parent and has lost it already. */
int attributes_apply(const struct request *request, uint32_t first, uint32_t end, int *failed);

#endif

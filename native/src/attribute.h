/* Properties of the child that it gives itself before the actions. */
#ifndef SPAWN4J_ATTRIBUTE_H
#define SPAWN4J_ATTRIBUTE_H

#include "request.h"

/* Applies `attribute` in the child. Returns 0 or -errno; never allocates. */
int attribute_apply(const struct attribute *attribute);

#endif

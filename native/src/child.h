/* The child between clone and exec. Its memory may be the parent's: raw system calls only, nothing
 * is allocated, nothing locked. */
#ifndef SPAWN4J_CHILD_H
#define SPAWN4J_CHILD_H

#include "request.h"

/* Becomes the program that `request` (a struct request) describes, or writes what failed into it
 * and exits. Does not return. */
void child_run(void *request);

#endif

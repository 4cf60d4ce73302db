/* What the parent's side of warm templates keeps of a helper. */
#ifndef SPAWN4J_WARM_INTERNAL_H
#define SPAWN4J_WARM_INTERNAL_H

#include "identity.h"
#include "warm/protocol.h"
#include "warm/warm.h"

struct warm_helper {
    struct warm_shared *shared;
    int pid;
    int pidfd;
    int line;
    int slots[WARM_SLOTS];
    char *program;
    char *key; /* the variables that the linker reads, one behind the other */
    size_t key_size;
    struct identity identity;
    atomic_bool broken;
};

#endif

/* What the parent's side of warm templates keeps of a helper. */
#ifndef SPAWN4J_WARM_INTERNAL_H
#define SPAWN4J_WARM_INTERNAL_H

#include "identity.h"
#include "warm/protocol.h"
#include "warm/state.h"
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
    struct state state;       /* of the thread that made it */
    struct state_files files; /* to read another one from */
    atomic_bool broken;
};

/* Whether the calling thread may use the helper: who might not trace it must not, as its children
 * can do what it can; nor who has not directory, root and umask in common with it. */
bool warm_may_use(const struct warm_helper *helper);

#endif

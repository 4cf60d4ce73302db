// SPDX-License-Identifier: Apache-2.0
/* What the parent's side of warm templates keeps of a helper. */
#ifndef SPAWN4J_WARM_INTERNAL_H
#define SPAWN4J_WARM_INTERNAL_H

#include "identity.h"
#include "warm/protocol.h"
#include "warm/state.h"
#include "warm/warm.h"
#include "warm/watch.h"

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
    rlim_t most_descriptors;  /* that a child can have until it takes over our limits */
    struct state state;       /* of the thread that made it */
    struct state_files files; /* to read another one from */
    struct watch watch;

    /* By slot: the pid of the child there, if the caller has it already and nobody waits for the
     * slot, and for which generation that holds: generation << 32 | pid. */
    _Atomic uint64_t told[WARM_SLOTS];

    atomic_bool broken; /* to be renewed: a request was taken back, or a process has ended */
};

/* As warm_make(), without that the program's linker has to have passed its trial. */
enum warm_reason warm_make_untried(void *block, size_t capacity, int64_t deadline_ns,
                                   struct warm_helper **helper, int *error);

/* Linux 6.3: memory says whether it is to be executed. */
#define WARM_MEMFD_EXEC 0x10U
#define WARM_MEMFD_NOEXEC_SEAL 0x8U

/* Makes a memfd that can be sealed, with one of these flags. Returns it or -errno. */
int warm_make_memfd(unsigned flag);

/* Rings for a child at a slot, which is born in the cgroup whose directory is open at `cgroup`, or
 * with -1 where the helper is. Returns 0 or -errno. */
int warm_ring(const struct warm_helper *helper, int slot, int cgroup);

/* Whether the helper's process has ended. */
bool warm_has_ended(const struct warm_helper *helper);

#endif

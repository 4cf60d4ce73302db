// SPDX-License-Identifier: Apache-2.0
/* What a child has from whoever starts it; a warm one has it from whoever made its helper. So it is
 * read when a helper is made, and compared before each start: what differs is started cold. What is
 * cheaper to hand over than to compare is not here: directory, root and umask are shared with the
 * helper, limits are taken over by the child. */
#ifndef SPAWN4J_WARM_STATE_H
#define SPAWN4J_WARM_STATE_H

#include "authority.h"
#include "warm/warm.h"

#include <sys/resource.h>

#define STATE_NOTE_SIZE 16

/* Stores that are bypassed, indirect branches, and the first cache when others get their turn. */
#define STATE_SPECULATIONS 3

/* Equal ones compare equal byte by byte, group by group. */
struct state {
    struct state_authority {
        struct authority authority;
        uint64_t bounding; /* the capability bounding set, if this thread may lower it */
        int32_t no_new_privs;
        int32_t seccomp; /* the mode */
        int32_t filters; /* if this thread may add one; -1: not to be known */
        int32_t speculation[STATE_SPECULATIONS]; /* what the processor may not do for it */
        int32_t network_failure; /* -errno, where the namespace is not to be known */
        uint64_t cookie;         /* who may share a core with it */
        uint64_t network;        /* its network namespace, if this thread may enter others */
        uint64_t host;           /* a hash of the names of host and domain */
    } authority;

    struct state_schedule {
        uint64_t
            attributes[7];   /* a struct sched_attr, whose header allows no <sched.h> beside it */
        uint64_t processors; /* a hash of the set */
        int64_t io_priority;
        int64_t timer_slack;
        int64_t memory_policy;
        uint64_t memory_nodes;  /* a hash of the set */
        int64_t machine_checks; /* when it is told of broken memory */
    } schedule;

    struct state_group {
        int32_t session;
        int32_t process_group;
        int32_t has_terminal; /* of who leads the session: nobody else can get one */
        int32_t reserved;
        uint64_t cgroup; /* its number, or a hash of all where there are several hierarchies */
    } group;

    struct state_limits {
        struct rlimit stack; /* the linker has read it */
        int64_t personality;
        int64_t lacks_huge_pages;
        char oom_score_adj[STATE_NOTE_SIZE];
        char coredump_filter[STATE_NOTE_SIZE];
    } limits;
};

/* What is kept open to read a state from. */
struct state_files {
    int process; /* a pidfd */
    int cgroup;  /* /proc/self/cgroup, where the pidfd does not tell all; else -1 */
    int oom_score_adj;
    int coredump_filter;
};

#define STATE_NO_FILES ((struct state_files){-1, -1, -1, -1})

/* Opens what is needed to read states of this process. Returns 0 or -errno; in either case it is to
 * be closed. */
int state_open(struct state_files *files);

void state_close(struct state_files *files);

/* Reads the calling thread's state, to be compared with `like` if that is not null. Returns 0 or
 * -errno. */
int state_read(const struct state_files *files, const struct state *like, struct state *state);

/* WARM_STARTED if both are the same, or what differs. */
enum warm_reason state_compare(const struct state *made, const struct state *now);

/* Whether the process `pid`, which the calling thread has just had executed, has the capabilities
 * that any program would have: exec gives fewer to a process that is traced or shares directories.
 */
bool state_has_full_capabilities(int pid, const struct state *state);

#endif

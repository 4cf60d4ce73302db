// SPDX-License-Identifier: Apache-2.0
/* A checked view of the request block that Java has written; its layout is drawn in
 * RequestLayout.java. */
#ifndef SPAWN4J_REQUEST_H
#define SPAWN4J_REQUEST_H

#include "constants.h"
#include "slot.h"
#include "sys.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>

/* A flag that only C knows: the child shares directory, root and umask with us, also after exec. */
#define REQUEST_FLAG_SHARE_FS (1U << 31)

/* Flags of clone3(2) that are younger than the headers, Linux 7.1. A child that is killed with its
 * pidfd is reaped by nobody, so that nobody is to be told of its end by a signal either. */
#define LIFETIME_AUTOREAP ((uint64_t)1 << 34)
#define LIFETIME_NNP ((uint64_t)1 << 35)
#define LIFETIME_AUTOKILL ((uint64_t)1 << 36 | LIFETIME_AUTOREAP)

struct request_header {
    uint32_t length;
    uint32_t strategy;
    uint32_t flags;
    uint32_t sources_offset;
    uint32_t sources_count;
    uint32_t actions_offset;
    uint32_t actions_count;
    uint32_t program_offset;
    int32_t exec_source; /* the source to execute, or -1 for the program's path */
    uint32_t argv_offset;
    uint32_t argv_count;
    uint32_t envp_offset;
    uint32_t envp_count;
    uint32_t pointers_offset;
    uint32_t identity_offset; /* 0: none */
    uint32_t search_offset;   /* 0: the program is a path; else where the child searches it */
    int32_t pid;
    int32_t pidfd;
    int32_t step;
    int32_t index;
    int32_t error;
    uint32_t attributes_offset;
    uint32_t attributes_count;
    uint32_t parked; /* also of the outcome: a child of a helper was waiting for the request */
};
static_assert(sizeof(struct request_header) == REQUEST_HEADER_SIZE, "header");
static_assert(offsetof(struct request_header, program_offset) == REQUEST_PROGRAM_OFFSET, "program");
static_assert(offsetof(struct request_header, pointers_offset) == REQUEST_POINTERS_OFFSET,
              "pointers");
static_assert(offsetof(struct request_header, pid) == REQUEST_OUTCOME_PID, "pid");
static_assert(offsetof(struct request_header, error) == REQUEST_OUTCOME_ERRNO, "errno");
static_assert(offsetof(struct request_header, parked) == REQUEST_OUTCOME_PARKED, "parked");

struct source {
    uint32_t kind;
    int32_t fd;
    int32_t placed; /* where the child finds it; -1 while it is nowhere */
    int32_t peer;   /* our end of a pipe; -1 without */
};
static_assert(sizeof(struct source) == REQUEST_SOURCE_SIZE, "source");
static_assert(offsetof(struct source, placed) == REQUEST_SOURCE_PLACED, "placed");
static_assert(offsetof(struct source, peer) == REQUEST_SOURCE_PEER, "peer");

struct action {
    uint32_t type;
    int32_t index; /* among the caller's actions, or REQUEST_NO_INDEX */
    int32_t fd;
    int32_t newfd;
    uint32_t flags;
    uint32_t mode;
    uint32_t text; /* offset of a path */
    uint32_t reserved;
    uint64_t value; /* a signal set, or open_how.resolve */
};
static_assert(sizeof(struct action) == REQUEST_ACTION_SIZE, "action");
static_assert(offsetof(struct action, value) == REQUEST_ACTION_VALUE, "value");

struct attribute {
    uint32_t type;
    int32_t first;
    int32_t second; /* where there are data, how many bytes */
    uint32_t data;  /* their offset; 0: none */
    uint64_t value;
    uint64_t other;
};
static_assert(sizeof(struct attribute) == REQUEST_ATTRIBUTE_SIZE, "attribute");
static_assert(offsetof(struct attribute, data) == REQUEST_ATTRIBUTE_DATA, "data");
static_assert(offsetof(struct attribute, other) == REQUEST_ATTRIBUTE_OTHER, "other");

struct request {
    struct request_header *header;
    struct source *sources;
    const struct action *actions;
    const struct attribute *attributes;
    const char *program;
    const char *search; /* directories, parted by colons; null: `program` is a path */
    char **argv;        /* with room for one pointer more in front */
    char **envp;
    const struct identity *identity; /* null: not to be checked */

    int cgroup; /* the child is born there; -1: where we are */
    int events; /* its cgroup.events; not positive if that is not open */
    int procs;  /* the cgroup.procs that the child writes itself into instead; -1: none */

    uint64_t birth; /* flags of clone3(2) for what the child can only be born with */
    uint32_t born;  /* the attribute that asked for them first */
    unsigned user;  /* the effective ids of a child that is born in a user namespace, where they */
    unsigned group; /* have no numbers */

    /* Decided by the parent before it clones. */
    unsigned cut;   /* the child's private table starts empty from here; 0: the table is copied */
    unsigned base;  /* where the window of slots begins */
    bool has_slots; /* for its sources; else they are placed anywhere */
    bool is_kept;   /* its program has a slot that outlives this start */
    uint64_t reserved; /* slots that only hold a place and are no business of the child */
    uint64_t named;    /* the slots whose numbers actions name */
    bool uses_files;   /* an action takes a number above the standard streams for what it was */
    bool uses_ours;    /* an action takes a number of ours, which it is to find closed */
    uint32_t sweep;    /* the actions from this one on only close */
    bool may_wait;     /* an action may wait for others, for any time */
    struct slots_use slots;
    signal_set mask;     /* what the child blocks if no action says so */
    bool lacks_handlers; /* the child was made without any */
    bool has_own_mounts; /* by a namespace */
    bool changes_mounts; /* which would otherwise appear in the namespace that it is a copy of */
    bool changes_root;
    bool has_own_ids; /* by a user namespace that maps them */
    bool changes_ids; /* which a child that shares our memory must not */
    int death_signal; /* which the child gets when its parent dies; 0: none */
    int parent; /* if there is one: the pid that the child's parent has, as long as it lives */
    uint64_t capabilities; /* of the kernel: what it lacks is not tried, as a filter may kill */
    bool closes_by_number; /* an action closes a descriptor that a shared table would not have */
    bool uses_clone3;      /* not to be asked again: another start may find it refused meanwhile */
};

/* Makes `request` a view of the `capacity` bytes at `block`, after checking every offset, count and
 * string in it, and fills argv and envp. Returns 0 or -EINVAL. */
int request_open(struct request *request, void *block, size_t capacity);

/* The string of an action. */
static inline const char *request_text(const struct request *request, uint32_t offset) {
    return (const char *)request->header + offset;
}

/* Writes where and why the spawn failed; `error` is negative. The first failure stays. Returns
 * `error`. */
static inline int request_fail(const struct request *request, int step, int index, int error) {
    struct request_header *header = request->header;
    if (header->step == REQUEST_STEP_NONE) {
        header->step = step;
        header->index = index;
        header->error = -error;
    }
    return error;
}

/* Refuses what cannot be done without a call that is not there, by its name. Returns 0 or -errno.
 */
static inline int request_require(const struct request *request, uint64_t capability) {
    return request->capabilities & capability ? 0
                                              : request_fail(request, REQUEST_STEP_CAPABILITY,
                                                             __builtin_ctzll(capability), -ENOSYS);
}

#endif

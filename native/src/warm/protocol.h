// SPDX-License-Identifier: Apache-2.0
/* What we, a helper and its children say to each other.
 *
 * A helper is a process that has executed a program and let its dynamic linker do its work, and
 * that stands where the linker returns from _dl_start(): no constructor of the program has run yet.
 * It waits for rings, and at each of them clones a child, which is our child by CLONE_PARENT. The
 * child waits for its message at the slot it was rung for, and becomes the program.
 *
 *        we                      helper                           child
 *    claim a slot
 *    message + descriptors  ---  socket of the slot  ----------->  (queued)
 *    ring: the slot's number --> read(WARM_LINE)
 *                               clone(CLONE_PARENT)  ----------->  recvmsg()
 *    futex wait on the word <-------------------------------------  TAKEN: it is ours alone
 *          |                                                       descriptors, attributes, actions
 *          | <----------------------------------------------------  DONE, or FAILED and why
 *    pidfd_open(pid)                                               goes on in the linker
 *
 * A ring that bears WARM_INTO_CGROUP brings the directory of a cgroup along, in which the child is
 * born. A ring without a message parks a child: it waits, ready, until a message comes to its slot.
 * The sockets and the line end when we do, and with them helper and waiting children.
 *
 * The word of a slot is what makes a start happen exactly once. Each message bears the generation
 * of its word; a child that finds another one there throws the message away and waits on.
 *
 *       FREE --park--> COMING --child--> READY       COMING --no child--> FREE
 *         |                                |
 *         +------------ claim -------------+---> POSTED --child--> TAKEN ---> DONE, FAILED
 *                                                  |                 |
 *                           we give up: LOST <-----+                 +-----> REFUSED
 *                                                  |                           ^
 *                                                  +--- no child can be had ---+
 *
 * We make DONE, FAILED and REFUSED FREE again. Where nobody waits for how it goes the child makes
 * its slot FREE itself. A LOST slot is not used any more. */
#ifndef SPAWN4J_WARM_PROTOCOL_H
#define SPAWN4J_WARM_PROTOCOL_H

#include "request.h"

#include <linux/prctl.h>
#include <stdatomic.h>
#include <sys/resource.h>

/* How many starts a helper can have under way, parked children included. */
#define WARM_SLOTS 24

/* The helper's descriptors; 0 to 2 are /dev/null, once it is in its image. */
#define WARM_LINE 3 /* a stream: each byte is a ring, the number of a slot */
#define WARM_INTO_CGROUP 0x80
#define WARM_FIRST 4 /* the sockets of the slots, SOCK_SEQPACKET */
#define WARM_END (WARM_FIRST + WARM_SLOTS)

/* The helper's memfds until they are mapped: its code, and what we share. */
#define WARM_IMAGE WARM_FIRST
#define WARM_MEMORY (WARM_FIRST + 1)

/* A multiple of all page sizes. */
#define WARM_SHARED_SIZE ((size_t)64 * 1024)

/* What a child can receive. */
#define WARM_MOST_DESCRIPTORS 32
#define WARM_MOST_BYTES ((size_t)128 * 1024)

/* A request may name descriptors below this. */
#define WARM_NUMBERS 64

#define WARM_TITLE_SIZE 128

#define WARM_LIMITS 16 /* RLIM_NLIMITS, on every architecture */

enum warm_word {
    WARM_FREE,
    WARM_COMING,
    WARM_READY,
    WARM_POSTED,
    WARM_TAKEN,
    WARM_DONE,
    WARM_FAILED,  /* definitely: step, index and error say where and why */
    WARM_REFUSED, /* nothing has happened, so that it can be started in another way */
    WARM_LOST,
};
#define WARM_WORD_BITS 4
#define WARM_WORD_MASK ((1U << WARM_WORD_BITS) - 1)

/* A word of the same generation as `word`. */
static inline uint32_t warm_word(uint32_t word, enum warm_word state) {
    return (word & ~WARM_WORD_MASK) | state;
}

struct warm_slot {
    _Alignas(64) _Atomic uint32_t word; /* generation << WARM_WORD_BITS | enum warm_word; a futex */
    _Atomic int32_t pid; /* the child that waits here, until its pid is told; clone(2) writes it */
    int32_t step;
    int32_t index;
    int32_t error;
    int32_t number; /* which one it is; written by the helper at first */
};

/* Where the dynamic linker was stopped. */
struct warm_stop {
    uintptr_t stack; /* the initial stack as the kernel made it, argc first */
    uintptr_t next;  /* where _dl_start() returns to */
    uintptr_t entry; /* what it returns: the program's entry */
};

/* What lies in the memory that we and the helper share. */
struct warm_shared {
    /* Written by us before the helper goes on. */
    int32_t owner; /* our pid */
    struct warm_stop stop;
    struct prctl_mm_map map; /* where the kernel knows code, data, heap and stack to be */
    uint32_t prefix;         /* so many arguments a script's interpreter has in front of argv[1] */
    uint32_t is_random;      /* whether heap and stack lie somewhere else in each process */

    char title[WARM_TITLE_SIZE]; /* what ps(1) shows of the helper and of children that wait */

    /* Written by the helper: 1 once it waits for rings, or -errno; a futex. */
    _Atomic int32_t ready;

    struct warm_slot slots[WARM_SLOTS];
};
static_assert(sizeof(struct warm_shared) <= WARM_SHARED_SIZE, "shared");

/* What a child is sent, followed by a request block up to its pointers. The descriptors that go
 * along are those of its sources, except the one to be executed, then our own standard streams
 * that are to be inherited, then what was opened for actions. */
struct warm_message {
    uint32_t generation;
    int32_t parent;        /* our pid */
    uint64_t capabilities; /* of the kernel */
    uint64_t opened;       /* bit n: the n-th action is done with a descriptor that goes along */
    uint32_t streams;      /* bit n: our descriptor n goes along; bit 8 + n: as close-on-exec */
    int32_t above;         /* a number above all that the request names */
    uint32_t unattended;   /* nobody waits: the child frees its slot itself */
    uint32_t reserved;
    struct rlimit limits[WARM_LIMITS]; /* ours, by their numbers: the child takes them over */
};

#endif

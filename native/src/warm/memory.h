// SPDX-License-Identifier: Apache-2.0
/* The memory of a helper and of its children, and the words by which they tell how far they are. */
#ifndef SPAWN4J_WARM_MEMORY_H
#define SPAWN4J_WARM_MEMORY_H

#include "warm/protocol.h"

#include <linux/futex.h>

#define STACK_SIZE ((size_t)32 * 1024)
#define OWN_SIZE (3 * WARM_SHARED_SIZE)

/* The memory that a child gives back before the program goes on. The helper touches none of it once
 * it serves, as each page that it wrote to would be copied at each start: its stack lies in what is
 * shared. */
struct memory {
    union {
        struct {
            /* The child's. It comes first: what runs over its end meets no data. It ends amid a
             * page, and so a short message needs no further one. */
            char stack[STACK_SIZE + 2048];

            /* What the helper found out when it was made. */
            void *tid_address; /* where the linker has told the kernel to clear the thread's id */
            void *robust_list;
            size_t robust_size;
            struct rlimit limits[WARM_LIMITS];
            char title[WARM_TITLE_SIZE];
            int group; /* the process group of its maker; 0 if it could not leave that */

            struct warm_message message;
            char block[WARM_MOST_BYTES];
        };
        char own[OWN_SIZE];
    };
    union {
        struct warm_shared shared;
        char common[WARM_SHARED_SIZE]; /* its end is the helper's stack */
    };
};
static_assert(offsetof(struct memory, shared) == OWN_SIZE, "shared");
static_assert(offsetof(struct memory, block) % 8 == 0, "block");

/* Wakes who waits for the word. */
static inline void memory_wake(void *word) {
    sys_call(SYS_futex, (long)word, FUTEX_WAKE, INT32_MAX, 0, 0, 0);
}

/* Moves the slot's word from one state to another in the same generation. Returns false if it is in
 * another state. */
static inline bool slot_move(struct warm_slot *slot, enum warm_word from, enum warm_word to) {
    uint32_t word = slot->word;
    while ((word & WARM_WORD_MASK) == from) {
        if (atomic_compare_exchange_strong(&slot->word, &word, word - from + to)) {
            return true;
        }
    }
    return false;
}

#endif

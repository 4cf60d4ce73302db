// SPDX-License-Identifier: Apache-2.0
#include "kept.h"

#include "block.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/* Holds the environment and the arguments of an ordinary request. */
#define SMALLEST ((size_t)64 * 1024)

/* Each twice as large as the one before: up to 2 MiB. */
#define SIZES 6

/* Of all that are not in use: 128 of the smallest, for as many threads. */
#define MOST_KEPT ((size_t)8 * 1024 * 1024)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept *idle[SIZES];
static size_t idle_bytes;

/* Which of the sizes holds `needed` bytes; SIZES if none does. */
static int size_for(size_t needed) {
    int size = 0;
    while (size < SIZES && SMALLEST << size < needed) {
        size++;
    }
    return size;
}

static struct kept *pop(int size) {
    pthread_mutex_lock(&lock);
    struct kept *kept = idle[size];
    if (kept) {
        idle[size] = kept->next;
        idle_bytes -= kept->capacity;
    }
    pthread_mutex_unlock(&lock);
    return kept;
}

static struct kept *allocate(size_t capacity) {
    struct kept *kept = malloc(sizeof *kept);
    char *block = kept ? block_allocate(capacity) : NULL;
    if (!block) {
        free(kept);
        return NULL;
    }
    *kept = (struct kept){block, capacity, NULL};
    return kept;
}

static void release(struct kept *kept) {
    block_free(kept->block, kept->capacity);
    free(kept);
}

struct kept *kept_take(size_t needed) {
    int size = size_for(needed);
    if (size == SIZES) {
        return allocate((needed + SMALLEST - 1) & ~(SMALLEST - 1));
    }
    struct kept *kept = pop(size);
    return kept ? kept : allocate(SMALLEST << size);
}

void kept_give(struct kept *kept) {
    int size = size_for(kept->capacity);
    pthread_mutex_lock(&lock);
    bool keeps = size < SIZES && idle_bytes + kept->capacity <= MOST_KEPT;
    if (keeps) {
        kept->next = idle[size];
        idle[size] = kept;
        idle_bytes += kept->capacity;
    }
    pthread_mutex_unlock(&lock);
    if (!keeps) {
        release(kept);
    }
}

void kept_free_all(void) {
    for (int size = 0; size < SIZES; size++) {
        struct kept *kept;
        while ((kept = pop(size))) {
            release(kept);
        }
    }
}

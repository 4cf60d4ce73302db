#include "kept.h"

#include "block.h"

#include <pthread.h>
#include <stdlib.h>

struct kept {
    void *block;
    size_t capacity;
    struct kept *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept *all;

void *kept_allocate(size_t capacity) {
    struct kept *kept = malloc(sizeof *kept);
    void *block = kept ? block_allocate(capacity) : NULL;
    if (!block) {
        free(kept);
        return NULL;
    }
    pthread_mutex_lock(&lock);
    *kept = (struct kept){block, capacity, all};
    all = kept;
    pthread_mutex_unlock(&lock);
    return block;
}

void kept_free(void *block) {
    pthread_mutex_lock(&lock);
    struct kept **link = &all;
    while ((*link)->block != block) {
        link = &(*link)->next;
    }
    struct kept *kept = *link;
    *link = kept->next;
    pthread_mutex_unlock(&lock);
    block_free(kept->block, kept->capacity);
    free(kept);
}

void kept_free_all(void) {
    while (all) {
        kept_free(all->block);
    }
}

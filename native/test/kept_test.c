// SPDX-License-Identifier: Apache-2.0
/* A block is kept for the next request of its size, and what is kept has a limit. */
#include "kept.h"

#include "check.h"

#include <string.h>

static const size_t KIB = 1024;

/* Else each start would map its memory anew, and fault it in page by page. */
static void kept_take_gives_what_was_given_back(void) {
    for (size_t needed = 100; needed <= 2048 * KIB; needed *= 2) {
        struct kept *first = kept_take(needed);
        CHECK(first && first->capacity >= needed);
        memset(first->block, 1, needed);
        kept_give(first);
        struct kept *second = kept_take(needed);
        CHECK(second == first);
        kept_give(second);
    }
}

/* Two at work at once never write to the same memory. */
static void kept_take_gives_each_its_own(void) {
    struct kept *first = kept_take(100);
    struct kept *second = kept_take(100);
    CHECK(first->block != second->block);
    kept_give(first);
    kept_give(second);
}

static long mapped_kib(void) {
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file);
    long pages;
    CHECK_EQUAL(fscanf(file, "%ld", &pages), 1);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A crowd that starts at once leaves no more behind than the next crowd of usual size needs. */
static void kept_give_keeps_no_more_than_its_limit(void) {
    enum { CROWD = 300 };
    struct kept *crowd[CROWD];
    long before = mapped_kib();
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = kept_take(100 * KIB);
        CHECK(crowd[i]);
    }
    for (int i = 0; i < CROWD; i++) {
        kept_give(crowd[i]);
    }
    CHECK(mapped_kib() - before < 16 * (long)KIB);
    kept_free_all();
    CHECK(mapped_kib() - before < 2 * (long)KIB);
}

/* As much as the kernel takes, or more, of which it then says so. */
static void kept_give_frees_what_is_very_large(void) {
    long before = mapped_kib();
    struct kept *large = kept_take(64 * KIB * KIB + 1);
    CHECK(large && large->capacity > 64 * KIB * KIB);
    large->block[64 * KIB * KIB] = 1;
    kept_give(large);
    CHECK(mapped_kib() - before < (long)KIB);
}

int main(void) {
    RUN(kept_take_gives_what_was_given_back);
    RUN(kept_take_gives_each_its_own);
    RUN(kept_give_keeps_no_more_than_its_limit);
    RUN(kept_give_frees_what_is_very_large);
    return 0;
}

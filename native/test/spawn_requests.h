// SPDX-License-Identifier: Apache-2.0
/* Requests for the tests of spawn(), and what comes of them. */
#ifndef SPAWN4J_SPAWN_REQUESTS_H
#define SPAWN4J_SPAWN_REQUESTS_H

#include "block.h"
#include "builder.h"
#include "check.h"
#include "spawn.h"

#include <fcntl.h>
#include <signal.h>

#define CAPACITY ((size_t)16384)
#define STRATEGIES 4

static const char *const EXIT_7[] = {"/bin/sh", "-c", "exit 7", NULL};
static const char *const DESCRIPTORS[] = {NATIVE_BIN "/descriptors", NULL};

static inline struct builder begin(uint32_t strategy) {
    struct builder b;
    void *memory = block_allocate(CAPACITY);
    CHECK(memory);
    builder_begin(&b, memory, CAPACITY);
    builder_header(&b)->strategy = strategy;
    return b;
}

static inline void discard(struct builder *b) { block_free(b->memory, b->capacity); }

/* As RequestEncoder ends every request: nothing above `last` stays open. */
static inline void close_above(struct builder *b, int last) {
    builder_add_action(b, REQUEST_CLOSE_RANGE, last + 1, -1);
}

static inline int run(struct builder *b, const char *const argv[]) {
    builder_end(b, argv);
    return spawn(b->memory, b->capacity);
}

/* Waits for the child of a request that has succeeded; its exit code. */
static inline int exit_code(const struct builder *b) {
    int status;
    CHECK(builder_header(b)->pid > 0);
    CHECK_EQUAL(waitpid(builder_header(b)->pid, &status, 0), builder_header(b)->pid);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(close(builder_header(b)->pidfd), 0);
    return WEXITSTATUS(status);
}

/* All that comes out of a pipe, which is then closed. */
static inline void read_all(int fd, char *text, size_t capacity) {
    size_t length = 0;
    CHECK_EQUAL(fcntl(fd, F_SETFL, 0), 0);
    long size;
    while ((size = read(fd, text + length, capacity - 1 - length)) > 0) {
        length += (size_t)size;
    }
    CHECK_EQUAL(size, 0);
    text[length] = 0;
    close(fd);
}

static inline void check_text(const char *actual, const char *expected) {
    if (strcmp(actual, expected) != 0) {
        fprintf(stderr, "\"%s\", not \"%s\"\n", actual, expected);
        exit(1);
    }
}

/* With argv for a program that prints to its standard output: what it prints. */
static inline void output_of(struct builder *b, const char *const argv[], char *text,
                             size_t capacity) {
    int source = builder_add_source(b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
    builder_map(b, source, 1);
    CHECK_EQUAL(run(b, argv), 0);
    read_all(builder_source(b, (uint32_t)source)->peer, text, capacity);
    CHECK_EQUAL(exit_code(b), 0);
}

/* Expects a failure that is told as `step`, `index` and `error` (which POSIX_SPAWN cannot tell
 * apart) and leaves nothing. */
static inline void check_failure(struct builder *b, const char *const argv[], int step, int index,
                                 int error) {
    int before = check_count_open();
    signal_set mask_before;
    signal_set mask_after;
    sys_call(SYS_rt_sigprocmask, SIG_SETMASK, 0, (long)&mask_before, sizeof mask_before, 0, 0);
    const struct request_header *header = builder_header(b);
    CHECK_EQUAL(run(b, argv), -error);
    if (step == REQUEST_STEP_ACTION || step == REQUEST_STEP_EXEC) {
        bool posix = header->strategy == REQUEST_STRATEGY_POSIX_SPAWN;
        CHECK_EQUAL(header->step, posix ? REQUEST_STEP_POSIX_SPAWN : step);
        CHECK_EQUAL(header->index, posix ? REQUEST_NO_INDEX : index);
    } else {
        CHECK_EQUAL(header->step, step);
        CHECK_EQUAL(header->index, index);
    }
    CHECK_EQUAL(header->error, error);
    CHECK_EQUAL(header->pid, -1);
    CHECK_EQUAL(header->pidfd, -1);
    check_no_child();
    CHECK_EQUAL(check_count_open(), before);
    sys_call(SYS_rt_sigprocmask, SIG_SETMASK, 0, (long)&mask_after, sizeof mask_after, 0, 0);
    CHECK_EQUAL(mask_after, mask_before);
}

#define FOR_EACH_STRATEGY(s) for (uint32_t s = 0; s < STRATEGIES; s++)

#endif

// SPDX-License-Identifier: Apache-2.0
/* Requests for the tests of warm templates. */
#ifndef SPAWN4J_WARM_REQUESTS_H
#define SPAWN4J_WARM_REQUESTS_H

#include "block.h"
#include "builder.h"
#include "check.h"
#include "spawn.h"
#include "warm/warm.h"

#include <string.h>

#define REQUEST_CAPACITY ((size_t)512 * 1024)
#define DEADLINE_MS 30000

static const char *const SHORT_ENVIRONMENT[] = {"PATH=/usr/bin:/bin", "A=b", NULL};

/* A request without descriptors; to be ended by the caller. */
static inline struct builder request_begin(void) {
    struct builder b;
    void *memory = block_allocate(REQUEST_CAPACITY);
    CHECK(memory);
    builder_begin(&b, memory, REQUEST_CAPACITY);
    builder_header(&b)->strategy = REQUEST_STRATEGY_CLONE3;
    return b;
}

static inline void request_discard(struct builder *b) { block_free(b->memory, b->capacity); }

/* A request for a program that writes to a pipe, the source 0, and has nothing else. */
static inline struct builder request_printing(const char *const argv[]) {
    struct builder b = request_begin();
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 0);
    builder_map(&b, 1, 2);
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    builder_end_with(&b, argv, SHORT_ENVIRONMENT);
    return b;
}

static inline enum warm_reason try_to_make(const char *const argv[], struct warm_helper **helper) {
    struct builder b = request_printing(argv);
    int error;
    enum warm_reason reason = warm_make(b.memory, b.capacity, DEADLINE_MS, helper, &error);
    request_discard(&b);
    return reason;
}

static inline struct warm_helper *make(const char *const argv[]) {
    struct warm_helper *helper;
    enum warm_reason reason = try_to_make(argv, &helper);
    if (reason != WARM_STARTED) {
        fprintf(stderr, "no helper for %s: reason %d\n", argv[0], reason);
        exit(1);
    }
    return helper;
}

/* Waits for the child of a request that has succeeded. Its status, as waitpid(2) has it. */
static inline int await_exit(const struct builder *b) {
    int status;
    CHECK(builder_header(b)->pid > 0);
    CHECK_EQUAL(waitpid(builder_header(b)->pid, &status, 0), builder_header(b)->pid);
    CHECK_EQUAL(close(builder_header(b)->pidfd), 0);
    return status;
}

/* All that the child of request_printing() writes, which then has to exit with 0. */
static inline void await_output(const struct builder *b, char *text, size_t capacity) {
    int fd = builder_source(b, 0)->peer;
    size_t length = 0;
    struct pollfd end = {.fd = fd, .events = POLLIN};
    for (;;) {
        CHECK_EQUAL(poll(&end, 1, DEADLINE_MS), 1);
        long size = read(fd, text + length, capacity - 1 - length);
        CHECK(size >= 0);
        if (size == 0) {
            break;
        }
        length += (size_t)size;
    }
    text[length] = 0;
    close(fd);
    CHECK_EQUAL(await_exit(b), 0);
}

static inline void check_text(const char *actual, const char *expected) {
    if (strcmp(actual, expected) != 0) {
        fprintf(stderr, "\"%s\", not \"%s\"\n", actual, expected);
        exit(1);
    }
}

#endif

// SPDX-License-Identifier: Apache-2.0
/* spawn() on blocks made by hand, with every strategy. */
#include "spawn_requests.h"

#include "identity.h"
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

/* The program runs, and its exit code is its own. */
static void spawn_starts_program(void) {
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_NONE);
        CHECK_EQUAL(exit_code(&b), 7);
        discard(&b);
    }
}

/* Arguments and environment arrive, and nothing else does. */
static void spawn_passes_arguments_and_environment(void) {
    const char *const argv[] = {"/bin/sh", "-c", "echo \"$0|$1|$2|$A\"", "", "two words", "", NULL};
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        char text[256];
        output_of(&b, argv, text, sizeof text);
        check_text(text, "|two words||b\n");
        discard(&b);
    }
}

/* A pipe to the child ends when we close our end. */
static void spawn_makes_pipe_to_child(void) {
    const char *const argv[] = {"/bin/cat", NULL};
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        int in = builder_add_source(&b, REQUEST_SOURCE_PIPE_TO_CHILD, -1);
        int out = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
        builder_map(&b, in, 0);
        builder_map(&b, out, 1);
        CHECK_EQUAL(run(&b, argv), 0);
        int to_child = builder_source(&b, (uint32_t)in)->peer;
        CHECK_EQUAL(fcntl(to_child, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
        CHECK_EQUAL(write(to_child, "hello", 5), 5);
        close(to_child);
        char text[64];
        read_all(builder_source(&b, (uint32_t)out)->peer, text, sizeof text);
        check_text(text, "hello");
        CHECK_EQUAL(exit_code(&b), 0);
        discard(&b);
    }
}

/* A changed program is not started. */
static void spawn_checks_identity(void) {
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        for (int changed = 0; changed < 2; changed++) {
            struct builder b = begin(strategy);
            struct identity identity;
            CHECK_EQUAL(identity_read(AT_FDCWD, "/bin/sh", &identity), 0);
            identity.size += (uint64_t)changed;
            b.end = (b.end + 7) & ~7U;
            builder_header(&b)->identity_offset = b.end;
            memcpy(b.memory + b.end, &identity, sizeof identity);
            b.end += (uint32_t)sizeof identity;
            if (changed) {
                check_failure(&b, EXIT_7, REQUEST_STEP_IDENTITY, REQUEST_NO_INDEX, ESTALE);
            } else {
                CHECK_EQUAL(run(&b, EXIT_7), 0);
                CHECK_EQUAL(exit_code(&b), 7);
            }
            discard(&b);
        }
    }
}

/* What is open is executed, whatever the path leads to by now. */
static void spawn_executes_descriptor(void) {
    FOR_EACH_STRATEGY(strategy) {
        if (strategy == REQUEST_STRATEGY_POSIX_SPAWN) {
            continue; /* has no word for it; Java does not ask for it */
        }
        struct builder b = begin(strategy);
        int program = open("/bin/sh", O_PATH | O_CLOEXEC);
        builder_header(&b)->exec_source =
            builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, program);
        const char *const argv[] = {"/no/such/sh", "-c", "exit 9", NULL};
        CHECK_EQUAL(run(&b, argv), 0);
        CHECK_EQUAL(exit_code(&b), 9);
        close(program);
        discard(&b);
    }
}

/* A program that is executed again and again keeps its slot, until it is forgotten. */
static void spawn_executes_kept_descriptor(void) {
    slots_reserve(true);
    slot_null();
    uint64_t available = *slots_use().available;
    int program = fcntl(open("/bin/sh", O_PATH | O_CLOEXEC), F_DUPFD_CLOEXEC, slots_cut());
    for (int round = 0; round < 3; round++) {
        struct builder b = begin(REQUEST_STRATEGY_CLONE3);
        builder_header(&b)->exec_source =
            builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, program);
        builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 1);
        close_above(&b, 2);
        CHECK_EQUAL(run(&b, EXIT_7), 0);
        CHECK_EQUAL(exit_code(&b), 7);
        CHECK(!(*slots_use().available & *slots_use().kept));
        CHECK_EQUAL(__builtin_popcountll(available & ~*slots_use().available), 1);
        discard(&b);
    }
    slot_forget(program);
    CHECK_EQUAL(*slots_use().available, available);
}

/* Where somebody has closed that slot, and a start has no other number to place a file at than
 * this, it is not left there. */
static void spawn_keeps_no_file_for_program(void) {
    slots_reserve(true);
    int program = fcntl(open("/bin/sh", O_PATH | O_CLOEXEC), F_DUPFD_CLOEXEC, slots_cut());
    int kept = slot_keep(program, 0);
    while (slot_place(1, 0) >= 0) {
    }
    close(kept);
    int before = check_count_open();
    struct builder b = begin(REQUEST_STRATEGY_CLONE3);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, 0), 1);
    close_above(&b, 2);
    CHECK_EQUAL(run(&b, EXIT_7), 0);
    CHECK_EQUAL(exit_code(&b), 7);
    CHECK_EQUAL(check_count_open(), before);
    discard(&b);
}

static void *spawn_often(void *failures) {
    for (int round = 0; round < 400; round++) {
        char code[16];
        struct builder b = begin((uint32_t)round % STRATEGIES);
        int out = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
        builder_map(&b, out, 1);
        close_above(&b, 2);
        snprintf(code, sizeof code, "%d", round);
        const char *const argv[] = {"/bin/echo", code, NULL};
        CHECK_EQUAL(run(&b, argv), 0);
        char text[64];
        read_all(builder_source(&b, (uint32_t)out)->peer, text, sizeof text);
        text[strcspn(text, "\n")] = 0;
        if (strcmp(text, code) != 0 || exit_code(&b) != 0) {
            __atomic_fetch_add((int *)failures, 1, __ATOMIC_RELAXED);
        }
        discard(&b);
    }
    return NULL;
}

/* Many threads at once, all strategies: each reads its own child's output, and its end. */
static void spawn_works_on_many_threads(void) {
    slots_reserve(true);
    int before = check_count_open();
    pthread_t threads[6];
    int failures = 0;
    for (int i = 0; i < 6; i++) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, spawn_often, &failures), 0);
    }
    for (int i = 0; i < 6; i++) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    CHECK_EQUAL(failures, 0);
    check_no_child();
    CHECK_EQUAL(check_count_open(), before);
}

int main(void) {
    RUN_BOTH(spawn_starts_program);
    RUN_BOTH(spawn_passes_arguments_and_environment);
    RUN_BOTH(spawn_makes_pipe_to_child);
    RUN_BOTH(spawn_checks_identity);
    RUN_BOTH(spawn_executes_descriptor);
    if (check_duplicates_are_told()) {
        RUN_BOTH(spawn_executes_kept_descriptor);
    }
    RUN_BOTH(spawn_keeps_no_file_for_program);
    RUN_BOTH(spawn_works_on_many_threads);
    return 0;
}

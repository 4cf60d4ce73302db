// SPDX-License-Identifier: Apache-2.0
/* What spawn() refuses, or fails with, and that it leaves nothing. */
#include "spawn_requests.h"

#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* A failed action is told with its place in the request. */
static void spawn_tells_failed_action(void) {
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        builder_add_action(&b, REQUEST_DUP2, 1, 5);
        builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 6)->text = builder_text(&b, "/no/such");
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 1, ENOENT);
        discard(&b);

        b = begin(strategy);
        builder_add_action(&b, REQUEST_CHDIR, 0, 0)->text = builder_text(&b, "/etc/passwd");
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 0, ENOTDIR);
        discard(&b);

        b = begin(strategy);
        builder_add_action(&b, REQUEST_DUP2, 1, 5);
        builder_add_action(&b, REQUEST_DUP2, 1, 6);
        builder_add_action(&b, REQUEST_FCHDIR, 1, 0);
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 2, ENOTDIR);
        discard(&b);

        b = begin(strategy);
        builder_add_action(&b, REQUEST_DUP2, 9999, 5);
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 0, EBADF);
        discard(&b);
    }
}

/* What the child has already made in its table goes with it: here a pipe of each kind. */
static void spawn_closes_pipes_when_action_fails(void) {
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        int in = builder_add_source(&b, REQUEST_SOURCE_PIPE_TO_CHILD, -1);
        int out = builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1);
        builder_map(&b, in, 0);
        builder_map(&b, out, 1);
        builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 6)->text = builder_text(&b, "/no/such");
        check_failure(&b, EXIT_7, REQUEST_STEP_ACTION, 2, ENOENT);
        CHECK_EQUAL(builder_source(&b, (uint32_t)in)->peer, -1);
        CHECK_EQUAL(builder_source(&b, (uint32_t)out)->peer, -1);
        discard(&b);
    }
}

/* A program that cannot be executed is a failure of exec. */
static void spawn_tells_failed_exec(void) {
    const char *const missing[] = {"/no/such/program", NULL};
    const char *const directory[] = {"/etc", NULL};
    const char *const data[] = {"/etc/passwd", NULL};
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        check_failure(&b, missing, REQUEST_STEP_EXEC, REQUEST_NO_INDEX, ENOENT);
        discard(&b);
        b = begin(strategy);
        check_failure(&b, directory, REQUEST_STEP_EXEC, REQUEST_NO_INDEX, EACCES);
        discard(&b);
        b = begin(strategy);
        check_failure(&b, data, REQUEST_STEP_EXEC, REQUEST_NO_INDEX, EACCES);
        discard(&b);
    }
}

/* A file without any magic number is executed by nobody. */
static void spawn_refuses_unknown_format(void) {
    char path[] = "/tmp/spawn_testXXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0);
    CHECK_EQUAL(write(file, "exit 0\n", 7), 7);
    CHECK_EQUAL(fchmod(file, 0700), 0);
    close(file);
    const char *const argv[] = {path, NULL};
    slots_reserve(true);
    FOR_EACH_STRATEGY(strategy) {
        struct builder b = begin(strategy);
        check_failure(&b, argv, REQUEST_STEP_EXEC, REQUEST_NO_INDEX, ENOEXEC);
        discard(&b);
    }
    unlink(path);
}

/* A source must be open, and our placeholders are nobody's. */
static void spawn_refuses_closed_sources(void) {
    slots_reserve(true);
    int slot = slots_base() + __builtin_ctzll(slots_reserved());
    FOR_EACH_STRATEGY(strategy) {
        const int closed[] = {9999, slot, -1};
        for (int i = 0; i < 3; i++) {
            struct builder b = begin(strategy);
            builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 0);
            builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_DESCRIPTOR, closed[i]), 1);
            check_failure(&b, EXIT_7, REQUEST_STEP_DESCRIPTOR, closed[i], EBADF);
            discard(&b);
        }
    }
}

/* POSIX_SPAWN refuses what it has no words for, and names it. */
static void spawn_refuses_what_posix_spawn_cannot_say(void) {
    slots_reserve(true);
    for (int which = 0; which < 4; which++) {
        struct builder b = begin(REQUEST_STRATEGY_POSIX_SPAWN);
        builder_add_action(&b, REQUEST_DUP2, 1, 5);
        struct action *action = builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 6);
        action->text = builder_text(&b, "/dev/null");
        switch (which) {
        case 0:
            action->value = 8; /* RESOLVE_BENEATH */
            break;
        case 1:
            action->flags = O_CLOEXEC;
            break;
        case 2:
            action->fd = 0;
            break;
        default:
            action->type = REQUEST_CLOSE_RANGE;
            action->fd = 10;
            action->newfd = 100000;
        }
        check_failure(&b, EXIT_7, REQUEST_STEP_REQUEST, 1, ENOTSUP);
        discard(&b);
    }
}

/* Nor has it words for what the kernel does at the birth of a child or at its parent's death. */
static void spawn_refuses_attributes_that_posix_spawn_cannot_express(void) {
    slots_reserve(true);
    const uint32_t types[] = {REQUEST_CGROUP, REQUEST_PARENT_DEATH};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct builder b = begin(REQUEST_STRATEGY_POSIX_SPAWN);
        builder_add_attribute(&b, REQUEST_SESSION, 0);
        builder_add_attribute(&b, types[i], SIGTERM);
        check_failure(&b, EXIT_7, REQUEST_STEP_ATTRIBUTE, 1, ENOTSUP);
        discard(&b);
    }
}

/* A broken block starts nothing. */
static void spawn_refuses_broken_block(void) {
    struct builder b = begin(REQUEST_STRATEGY_CLONE3);
    builder_end(&b, EXIT_7);
    builder_header(&b)->argv_count = 4000;
    CHECK_EQUAL(spawn(b.memory, b.capacity), -EINVAL);
    CHECK_EQUAL(builder_header(&b)->step, REQUEST_STEP_REQUEST);
    CHECK_EQUAL(builder_header(&b)->error, EINVAL);
    check_no_child();
}

/* Not even a failure is written into memory that cannot hold a header. */
static void spawn_writes_nothing_into_memory_smaller_than_header(void) {
    char memory[REQUEST_HEADER_SIZE] = {0};
    char zeros[REQUEST_HEADER_SIZE] = {0};
    CHECK_EQUAL(spawn(memory, 64), -EINVAL);
    CHECK(memcmp(memory, zeros, sizeof memory) == 0);
}

/* Opens files until there are no more numbers, then frees `spare`. Returns the lowest of them. */
static int fill_table(int spare) {
    int last = -1;
    int fd;
    while ((fd = fcntl(1, F_DUPFD_CLOEXEC, slots_cut())) >= 0) {
        last = fd;
    }
    CHECK_EQUAL(errno, EMFILE);
    for (int i = 0; i < spare; i++) {
        CHECK_EQUAL(close(last - i), 0);
    }
    return last - spare + 1;
}

static void free_table(void) { CHECK_EQUAL(close_range(200, 299, 0), 0); }

/* With any number of descriptors left, a spawn with three pipes works or fails without a trace. */
static void spawn_fails_cleanly_when_descriptors_run_out(void) {
    const struct rlimit limit = {300, 300};
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    slots_reserve(true);
    slot_null();
    const signal_set blocked = 1U << (SIGUSR1 - 1);
    CHECK_EQUAL(sys_sigmask(&blocked, NULL), 0);
    FOR_EACH_STRATEGY(strategy) {
        bool works = false;
        for (int spare = 0; spare <= 10; spare++) {
            struct builder b = begin(strategy);
            for (int fd = 0; fd < 3; fd++) {
                builder_map(&b,
                            builder_add_source(&b,
                                               fd == 0 ? REQUEST_SOURCE_PIPE_TO_CHILD
                                                       : REQUEST_SOURCE_PIPE_FROM_CHILD,
                                               -1),
                            fd);
            }
            close_above(&b, 2);
            builder_end(&b, EXIT_7);
            int lowest = fill_table(spare);
            int result = spawn(b.memory, b.capacity);
            signal_set mask;
            CHECK_EQUAL(sys_sigmask(&blocked, &mask), 0);
            CHECK_EQUAL(mask, blocked);
            if (result == 0) {
                works = true;
                CHECK_EQUAL(exit_code(&b), 7);
                for (uint32_t i = 0; i < 3; i++) {
                    CHECK_EQUAL(close(builder_source(&b, i)->peer), 0);
                }
            } else {
                CHECK(!works);
                CHECK_EQUAL(result, -EMFILE);
                CHECK_EQUAL(builder_header(&b)->error, EMFILE);
            }
            check_no_child();
            for (int fd = lowest; fd < lowest + spare; fd++) {
                CHECK_EQUAL(fcntl(fd, F_GETFD), -1);
            }
            free_table();
            discard(&b);
        }
        CHECK(works);
    }
}

int main(void) {
    RUN_BOTH(spawn_tells_failed_action);
    RUN_BOTH(spawn_closes_pipes_when_action_fails);
    RUN_BOTH(spawn_tells_failed_exec);
    RUN(spawn_refuses_unknown_format);
    RUN_BOTH(spawn_refuses_closed_sources);
    RUN(spawn_refuses_what_posix_spawn_cannot_say);
    RUN(spawn_refuses_attributes_that_posix_spawn_cannot_express);
    RUN(spawn_refuses_broken_block);
    RUN(spawn_writes_nothing_into_memory_smaller_than_header);
    RUN(spawn_fails_cleanly_when_descriptors_run_out);
    return 0;
}

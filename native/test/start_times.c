// SPDX-License-Identifier: Apache-2.0
/* What starts of PROGRAM and waits for it take without a JVM, piece by piece: no test, but the
 * source of figures in docs/start.md.
 *
 * Usage: start_times PROGRAM [BATCHES]. Each way of starting has a process of its own; they take
 * turns in short batches, so that what else runs on the machine hits all of them. Prints the 10th
 * percentile of each in microseconds, for the start and for start and wait. */
#include "action.h"
#include "block.h"
#include "builder.h"
#include "clock.h"
#include "identity.h"
#include "io.h"
#include "slot.h"
#include "spawn.h"
#include "wait.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>

#define CAPACITY ((size_t)65536)
#define BATCH 50
#define WARM_UP 20

/* Nanoseconds. */
struct times {
    int64_t start;
    int64_t total;
};

struct way {
    const char *name;
    struct times (*run)(const char *program);
    bool library; /* whether it goes through spawn() */
};

/* What the child of a floor does before it executes. */
struct floor {
    char *argv[2];
    bool resets; /* signals */
};

/* Of a process that starts. */
static void *block;
static int pinned = -1;
static int wake; /* the eventfd of all waits, as Java keeps it for the next one */

/* Waits as a platform thread of Java does: for the exit or for a wake-up. */
static void wait_for(int pidfd) {
    struct wait_result result;
    CHECK(io_wait(pidfd, POLLIN, wake, -1) > 0);
    CHECK_EQUAL(wait_reap(pidfd, &result), 1);
    close(pidfd);
}

/* In the child of the floor, which has our memory until exec. */
static void execute(void *argument) {
    struct floor *floor = argument;
    if (floor->resets) {
        action_default_signals(SIGNAL_SET_ALL);
    }
    sys_execve(floor->argv[0], floor->argv, environ);
    sys_exit(127);
}

static struct times run_raw(const char *program, bool resets, bool polls) {
    struct floor floor = {.argv = {(char *)program, NULL}, .resets = resets};
    int pidfd = -1;
    struct clone_args args = {
        .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
        .pidfd = (uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
        .stack = (uintptr_t)block - BLOCK_STACK_SIZE,
        .stack_size = BLOCK_STACK_SIZE,
    };
    int64_t begin = now_ns();
    CHECK(sys_clone3(&args, sizeof args, execute, &floor) > 0);
    int64_t started = now_ns();
    if (polls) {
        wait_for(pidfd);
    } else {
        CHECK_EQUAL(sys_waitid(P_PIDFD, pidfd, NULL, WEXITED, NULL), 0);
        close(pidfd);
    }
    int64_t ended = now_ns();
    return (struct times){started - begin, ended - begin};
}

static struct times run_floor(const char *program) { return run_raw(program, false, false); }

static struct times run_resetting(const char *program) { return run_raw(program, true, false); }

static struct times run_polling(const char *program) { return run_raw(program, false, true); }

/* A request as Java writes one, with all of our environment. */
static void write_request(struct builder *b, const char *program, bool pipes, bool template) {
    struct request_header *header;
    builder_begin(b, block, CAPACITY);
    header = builder_header(b);
    header->strategy = REQUEST_STRATEGY_CLONE3;
    int null = pipes ? -1 : builder_add_source(b, REQUEST_SOURCE_NULL, -1);
    for (int fd = 0; fd < 3; fd++) {
        uint32_t kind = fd == 0 ? REQUEST_SOURCE_PIPE_TO_CHILD : REQUEST_SOURCE_PIPE_FROM_CHILD;
        builder_map(b, pipes ? builder_add_source(b, kind, -1) : null, fd);
    }
    builder_add_action(b, REQUEST_CLOSE_RANGE, 3, -1);
    if (template) {
        struct identity identity;
        CHECK_EQUAL(identity_read(AT_FDCWD, program, &identity), 0);
        builder_identity(b, &identity);
        header->exec_source = builder_add_source(b, REQUEST_SOURCE_DESCRIPTOR, pinned);
    }
    const char *const argv[] = {program, NULL};
    builder_end_with(b, argv, (const char *const *)environ);
}

static struct times run_request(const char *program, bool pipes, bool template) {
    struct builder b;
    write_request(&b, program, pipes, template);
    int64_t begin = now_ns();
    CHECK_EQUAL(spawn(b.memory, b.capacity), 0);
    int64_t started = now_ns();
    wait_for(builder_header(&b)->pidfd);
    int64_t ended = now_ns();
    for (uint32_t i = 0; pipes && i < 3; i++) {
        close(builder_source(&b, i)->peer);
    }
    return (struct times){started - begin, ended - begin};
}

static struct times run_discarding(const char *program) {
    return run_request(program, false, false);
}

static struct times run_template(const char *program) { return run_request(program, false, true); }

static struct times run_pipes(const char *program) { return run_request(program, true, false); }

static const struct way ways[] = {
    {"floor", run_floor, false},
    {"... that resets signals", run_resetting, false},
    {"... that polls", run_polling, false},
    {"no streams", run_discarding, true},
    {"template", run_template, true},
    {"three pipes", run_pipes, true},
};
#define WAYS (sizeof ways / sizeof ways[0])

/* A process that runs a batch for each byte that it reads. */
_Noreturn static void serve(const struct way *way, const char *program, int orders, int answers) {
    block = block_allocate(CAPACITY);
    CHECK(block);
    wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(wake >= 0);
    if (way->library) {
        CHECK(slots_reserve(true));
        pinned = fcntl(open(program, O_PATH | O_CLOEXEC), F_DUPFD_CLOEXEC, slots_cut());
        CHECK(pinned >= 0);
    }
    for (int i = 0; i < WARM_UP; i++) {
        way->run(program);
    }
    char order;
    while (read(orders, &order, 1) == 1) {
        struct times batch[BATCH];
        for (int i = 0; i < BATCH; i++) {
            batch[i] = way->run(program);
        }
        CHECK_EQUAL(write(answers, batch, sizeof batch), sizeof batch);
    }
    exit(0);
}

static int compare(const void *a, const void *b) {
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

static double percentile_10(int64_t *values, size_t count) {
    qsort(values, count, sizeof *values, compare);
    return (double)values[count / 10] / 1000;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: start_times PROGRAM [BATCHES]\n");
        return 2;
    }
    size_t batches = argc > 2 ? strtoul(argv[2], NULL, 10) : 40;
    CHECK(batches > 0);
    int orders[WAYS];
    int answers[WAYS];
    int64_t *starts[WAYS];
    int64_t *totals[WAYS];
    for (size_t i = 0; i < WAYS; i++) {
        int down[2];
        int up[2];
        CHECK(pipe2(down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0);
        fflush(NULL);
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            for (size_t before = 0; before < i; before++) {
                close(orders[before]);
            }
            close(down[1]);
            serve(&ways[i], argv[1], down[0], up[1]);
        }
        close(down[0]);
        close(up[1]);
        orders[i] = down[1];
        answers[i] = up[0];
        starts[i] = calloc(batches * BATCH, sizeof(int64_t));
        totals[i] = calloc(batches * BATCH, sizeof(int64_t));
        CHECK(starts[i] && totals[i]);
    }
    for (size_t round = 0; round < batches; round++) {
        for (size_t i = 0; i < WAYS; i++) {
            struct times batch[BATCH];
            CHECK_EQUAL(write(orders[i], "", 1), 1);
            CHECK_EQUAL(read(answers[i], batch, sizeof batch), sizeof batch);
            for (size_t at = 0; at < BATCH; at++) {
                starts[i][round * BATCH + at] = batch[at].start;
                totals[i][round * BATCH + at] = batch[at].total;
            }
        }
    }
    for (size_t i = 0; i < WAYS; i++) {
        close(orders[i]);
        printf("%-24s start %6.1f  start and wait %6.1f\n", ways[i].name,
               percentile_10(starts[i], batches * BATCH),
               percentile_10(totals[i], batches * BATCH));
    }
    while (wait(NULL) > 0) {
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* What attributes add to a start of PROGRAM without a JVM: no test, but the source of figures in
 * docs/attributes.md.
 *
 * Usage: attribute_times PROGRAM [BATCHES]. Plain C and the library's C half have a process of
 * their own each, which starts the program with no attribute, with each of ten, and with all, in
 * short batches in random order: as often as BATCHES says. Prints the 10th percentile and the
 * median of each in microseconds, for the start and for start and wait, and what that is more than
 * without any. */
#include "block.h"
#include "builder.h"
#include "clock.h"
#include "io.h"
#include "slot.h"
#include "spawn.h"
#include "wait.h"

#include <fcntl.h>
#include <linux/ioprio.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

#define CAPACITY ((size_t)65536)
#define BATCH 20
#define WARM_UP 20

/* One attribute: as a system call, and as a record of the request. */
struct given {
    const char *name;
    long call[5];
    struct attribute attribute;
};

/* Those that we have ourselves: on another one a start takes longer. */
static uint64_t processors;
static const struct rlimit few_files = {256, 256};
static const struct rlimit no_core = {0, 0};
static const struct rlimit a_minute = {60, 60};
static const struct sched_param no_priority;

#define DISK IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7)
#define SLACK_NS 1000000

/* In the order in which a child takes them. */
static const struct given givens[] = {
    {"umask", {SYS_umask, 027}, {.type = REQUEST_UMASK, .first = 027}},
    {"batch",
     {SYS_sched_setscheduler, 0, SCHED_BATCH, (long)&no_priority},
     {.type = REQUEST_SCHEDULER, .first = SCHED_BATCH}},
    {"nice", {SYS_setpriority, PRIO_PROCESS, 0, 5}, {.type = REQUEST_NICE, .first = 5}},
    {"disk",
     {SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, DISK},
     {.type = REQUEST_IO_PRIORITY, .first = DISK}},
    {"processors",
     {SYS_sched_setaffinity, 0, sizeof processors, (long)&processors},
     {.type = REQUEST_CPU_AFFINITY, .second = sizeof processors}},
    {"timer slack",
     {SYS_prctl, PR_SET_TIMERSLACK, SLACK_NS},
     {.type = REQUEST_TIMER_SLACK, .value = SLACK_NS}},
    {"no new privileges", {SYS_prctl, PR_SET_NO_NEW_PRIVS, 1}, {.type = REQUEST_NO_NEW_PRIVILEGES}},
    {"files",
     {SYS_prlimit64, 0, RLIMIT_NOFILE, (long)&few_files},
     {.type = REQUEST_LIMIT, .first = RLIMIT_NOFILE, .value = 256, .other = 256}},
    {"core",
     {SYS_prlimit64, 0, RLIMIT_CORE, (long)&no_core},
     {.type = REQUEST_LIMIT, .first = RLIMIT_CORE}},
    {"processor time",
     {SYS_prlimit64, 0, RLIMIT_CPU, (long)&a_minute},
     {.type = REQUEST_LIMIT, .first = RLIMIT_CPU, .value = 60, .other = 60}},
};
#define GIVENS (sizeof givens / sizeof givens[0])
#define WAYS (GIVENS + 2) /* with none, and with all */

/* Nanoseconds. */
struct times {
    int64_t start;
    int64_t total;
};

/* What a start does; `set` has a bit for each attribute. */
typedef struct times starter(char *program, unsigned set);

/* What the child of plain C executes. */
struct plain {
    char *argv[2];
    unsigned set;
};

static void *block;
static int wake; /* the eventfd of all waits, as Java keeps it for the next one */

static struct times wait_for(int pidfd, int64_t begin) {
    struct wait_result result;
    int64_t started = now_ns();
    CHECK(io_wait(pidfd, POLLIN, wake, -1) > 0);
    CHECK_EQUAL(wait_reap(pidfd, &result), 1);
    close(pidfd);
    return (struct times){started - begin, now_ns() - begin};
}

static void execute(void *argument) {
    struct plain *plain = argument;
    for (unsigned i = 0; i < GIVENS; i++) {
        const long *call = givens[i].call;
        if (plain->set >> i & 1 &&
            sys_call(call[0], call[1], call[2], call[3], call[4], 0, 0) < 0) {
            sys_exit(126);
        }
    }
    sys_execve(plain->argv[0], plain->argv, environ);
    sys_exit(127);
}

static struct times start_plain(char *program, unsigned set) {
    struct plain plain = {.argv = {program, NULL}, .set = set};
    int pidfd = -1;
    struct clone_args args = {
        .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
        .pidfd = (uintptr_t)&pidfd,
        .exit_signal = SIGCHLD,
        .stack = (uintptr_t)block - BLOCK_STACK_SIZE,
        .stack_size = BLOCK_STACK_SIZE,
    };
    int64_t begin = now_ns();
    CHECK(sys_clone3(&args, sizeof args, execute, &plain) > 0);
    return wait_for(pidfd, begin);
}

static void add_givens(struct builder *b, unsigned set) {
    for (unsigned i = 0; i < GIVENS; i++) {
        if (set >> i & 1) {
            uint32_t index = builder_header(b)->attributes_count;
            builder_add_attribute(b, givens[i].attribute.type, 0);
            struct attribute *attribute = builder_attribute(b, index);
            *attribute = givens[i].attribute;
            if (attribute->type == REQUEST_CPU_AFFINITY) {
                attribute->data = builder_data(b, &processors, sizeof processors);
            }
        }
    }
}

static struct times start_by_library(char *program, unsigned set) {
    const char *const argv[] = {program, NULL};
    struct builder b;
    builder_begin(&b, block, CAPACITY);
    builder_header(&b)->strategy = REQUEST_STRATEGY_CLONE3;
    int null = builder_add_source(&b, REQUEST_SOURCE_NULL, -1);
    for (int fd = 0; fd < 3; fd++) {
        builder_map(&b, null, fd);
    }
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 3, -1);
    add_givens(&b, set);
    builder_end_with(&b, argv, (const char *const *)environ);
    int64_t begin = now_ns();
    CHECK_EQUAL(spawn(b.memory, b.capacity), 0);
    return wait_for(builder_header(&b)->pidfd, begin);
}

/* The attributes of the `way`-th way: none, each one, all. */
static unsigned set_of(size_t way) {
    return way == 0 ? 0 : way <= GIVENS ? 1U << (way - 1) : (1U << GIVENS) - 1;
}

static void shuffle(size_t order[WAYS]) {
    for (size_t i = WAYS - 1; i > 0; i--) {
        size_t other = (size_t)random() % (i + 1);
        size_t kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

static int compare(const void *a, const void *b) {
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

static double micros(const int64_t *sorted, size_t at) { return (double)sorted[at] / 1000; }

static void print(int64_t *values[WAYS], size_t starts, const char *what) {
    printf("  %-22s %8s %7s %8s %7s\n", what, "p10", "more", "median", "more");
    for (size_t way = 0; way < WAYS; way++) {
        qsort(values[way], starts, sizeof *values[way], compare);
        double low = micros(values[way], starts / 10);
        double median = micros(values[way], starts / 2);
        printf("  %-22s %8.1f %7.1f %8.1f %7.1f\n",
               way == 0        ? "none"
               : way <= GIVENS ? givens[way - 1].name
                               : "all",
               low, low - micros(values[0], starts / 10), median,
               median - micros(values[0], starts / 2));
    }
}

static void measure(const char *name, starter *start, char *program, size_t batches) {
    int64_t *starting[WAYS];
    int64_t *totals[WAYS];
    size_t order[WAYS];
    const size_t starts = batches * BATCH;
    for (size_t way = 0; way < WAYS; way++) {
        order[way] = way;
        starting[way] = calloc(starts, sizeof(int64_t));
        totals[way] = calloc(starts, sizeof(int64_t));
        CHECK(starting[way] && totals[way]);
    }
    for (size_t round = 0; round < WARM_UP + batches; round++) {
        shuffle(order);
        for (size_t i = 0; i < WAYS * BATCH; i++) {
            size_t way = order[i / BATCH];
            struct times times = start(program, set_of(way));
            if (round >= WARM_UP) {
                size_t at = (round - WARM_UP) * BATCH + i % BATCH;
                starting[way][at] = times.start;
                totals[way][at] = times.total;
            }
        }
    }
    printf("%s\n", name);
    print(starting, starts, "start");
    print(totals, starts, "start and wait");
}

static void measure_apart(const char *name, starter *start, char *program, size_t batches) {
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        block = block_allocate(CAPACITY);
        wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        CHECK(block && wake >= 0);
        if (start == start_by_library) {
            CHECK(slots_reserve(true));
        }
        measure(name, start, program, batches);
        exit(0);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

int main(int argc, char **argv) {
    size_t batches = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;
    if (argc < 2 || batches == 0) {
        fprintf(stderr, "usage: attribute_times PROGRAM [BATCHES]\n");
        return 2;
    }
    CHECK(sys_call(SYS_sched_getaffinity, 0, sizeof processors, (long)&processors, 0, 0, 0) > 0);
    measure_apart("plain C", start_plain, argv[1], batches);
    measure_apart("the library's C half", start_by_library, argv[1], batches);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* What a start does when one of its system calls fails, whichever it is: with every strategy, the
 * n-th call of parent, probe and child, for every n. The linker puts the calls of the library's own
 * code through this file (--wrap). */
#include "block.h"
#include "builder.h"
#include "check.h"
#include "identity.h"
#include "slot.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define CAPACITY ((size_t)16384)
#define STRATEGIES 4

/* What each call may say when it has a bad moment. Others are not made to fail: the kernel has no
 * reason to (close, exit, wait), or the caller cannot be told (kill of a child of ours). */
static const struct {
    long call;
    long error;
} failures[] = {
    {SYS_openat, -ENFILE},
    {SYS_openat2, -ENFILE},
    {SYS_pipe2, -EMFILE},
    {SYS_fcntl, -EMFILE},
    {SYS_dup3, -EBUSY},
    {SYS_close_range, -ENOMEM},
    {SYS_newfstatat, -ENOMEM},
    {SYS_rt_sigprocmask, -EPERM},
    {SYS_rt_sigaction, -EPERM},
    {SYS_chdir, -ENOMEM},
    {SYS_setsid, -EPERM},
    {SYS_execve, -ENOMEM},
    {SYS_execveat, -ENOMEM},
    {SYS_clone, -EAGAIN},
    {SYS_clone3, -EAGAIN},
    {SYS_memfd_create, -ENFILE},
    {SYS_prlimit64, -EPERM},
    {SYS_pidfd_open, -EMFILE},
    {SYS_pidfd_send_signal, -EPERM},
    {SYS_sched_setattr, -EPERM},
};

/* Shared with children that have memory of their own. */
static struct fault {
    int at;    /* the call that fails, counted from 1; 0: none */
    int count; /* of calls so far */
    long call; /* which has failed */
} * fault;

static long failure_of(long call) {
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        if (failures[i].call == call) {
            return failures[i].error;
        }
    }
    return 0;
}

/* The error that `call` is to fail with now, or 0. */
static long failure_now(long call) {
    long error = failure_of(call);
    if (!fault || !error || ++fault->count != fault->at) {
        return 0;
    }
    fault->call = call;
    return error;
}

/* What another thread does when a start is about to block signals; once. */
static void (*meanwhile)(void);

static bool refuses_clone3;

static uint64_t blocked(void);

long __real_sys_call(long nr, long a, long b, long c, long d, long e, long f);
long __wrap_sys_call(long nr, long a, long b, long c, long d, long e, long f);
long __real_sys_clone(unsigned long flags, void *stack, int *pidfd, void (*child)(void *),
                      void *arg);
long __wrap_sys_clone(unsigned long flags, void *stack, int *pidfd, void (*child)(void *),
                      void *arg);
long __real_sys_clone3(struct clone_args *args, size_t size, void (*child)(void *), void *arg);
long __wrap_sys_clone3(struct clone_args *args, size_t size, void (*child)(void *), void *arg);

long __wrap_sys_call(long nr, long a, long b, long c, long d, long e, long f) {
    /* A mask that could be set can be put back: what was refused then could only be left as it is.
     */
    bool restores = nr == SYS_rt_sigprocmask && c == 0;
    long error = restores ? 0 : failure_now(nr);
    if (meanwhile && nr == SYS_rt_sigprocmask) {
        void (*act)(void) = meanwhile;
        meanwhile = NULL;
        act();
    }
    return error ? error : __real_sys_call(nr, a, b, c, d, e, f);
}

long __wrap_sys_clone(unsigned long flags, void *stack, int *pidfd, void (*child)(void *),
                      void *arg) {
    long error = failure_now(SYS_clone);
    CHECK(blocked() >> (SIGCHLD - 1) & 1); /* its handler is the child's as well */
    return error ? error : __real_sys_clone(flags, stack, pidfd, child, arg);
}

long __wrap_sys_clone3(struct clone_args *args, size_t size, void (*child)(void *), void *arg) {
    long error = refuses_clone3 ? -ENOSYS : failure_now(SYS_clone3);
    return error ? error : __real_sys_clone3(args, size, child, arg);
}

/* A request with something of everything that all strategies have words for. */
static struct builder request(uint32_t strategy) {
    struct builder b;
    void *memory = block_allocate(CAPACITY);
    CHECK(memory);
    builder_begin(&b, memory, CAPACITY);
    builder_header(&b)->strategy = strategy;
    builder_add_attribute(&b, REQUEST_SESSION, 0);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_TO_CHILD, -1), 0);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_PIPE_FROM_CHILD, -1), 1);
    builder_map(&b, builder_add_source(&b, REQUEST_SOURCE_NULL, -1), 2);
    builder_add_action(&b, REQUEST_OPEN, AT_FDCWD, 3)->text = builder_text(&b, "/dev/null");
    builder_add_action(&b, REQUEST_CHDIR, 0, 0)->text = builder_text(&b, "/");
    builder_add_action(&b, REQUEST_CLOSE_RANGE, 4, -1);
    return b;
}

static int start(struct builder *b) {
    static const char *const argv[] = {"/bin/sh", "-c", "echo $A; exit 7", NULL};
    builder_end(b, argv);
    return spawn(b->memory, b->capacity);
}

/* The child has done what it was asked for; its pipes are closed. */
static void check_child(const struct builder *b) {
    char text[8] = "";
    int status;
    CHECK_EQUAL(close(builder_source(b, 0)->peer), 0);
    int out = builder_source(b, 1)->peer;
    CHECK_EQUAL(waitpid(builder_header(b)->pid, &status, 0), builder_header(b)->pid);
    CHECK_EQUAL(WEXITSTATUS(status), 7);
    CHECK_EQUAL(read(out, text, sizeof text), 2);
    CHECK_EQUAL(strcmp(text, "b\n"), 0);
    CHECK_EQUAL(close(out), 0);
    CHECK_EQUAL(close(builder_header(b)->pidfd), 0);
}

static uint64_t blocked(void) {
    signal_set mask = 0;
    __real_sys_call(SYS_rt_sigprocmask, SIG_SETMASK, 0, (long)&mask, sizeof mask, 0, 0);
    return mask;
}

/* Starts a process while the `at`-th call fails. Returns whether there were as many. Up to `kept`
 * descriptors are opened for all that follow. */
static bool start_with_fault(uint32_t strategy, int at, int kept) {
    int open = check_count_open();
    struct builder b = request(strategy);
    fault->count = 0;
    fault->call = -1;
    fault->at = at;
    int result = start(&b);
    fault->at = 0;
    bool failed = fault->call >= 0;
    CHECK_EQUAL(blocked(), 0);
    if (result == 0) {
        check_child(&b); /* there was another way */
    } else {
        CHECK(failed);
        CHECK(builder_header(&b)->step != REQUEST_STEP_NONE);
        CHECK_EQUAL(builder_header(&b)->error, -result);
        CHECK_EQUAL(builder_header(&b)->pid, -1);
        CHECK_EQUAL(builder_header(&b)->pidfd, -1);
    }
    block_free(b.memory, b.capacity);
    check_no_child();
    CHECK(check_count_open() <= open + kept); /* fewer where a slot was given up */
    return failed;
}

static void start_well(uint32_t strategy) {
    struct builder b = request(strategy);
    CHECK_EQUAL(start(&b), 0);
    check_child(&b);
    block_free(b.memory, b.capacity);
    check_no_child();
}

/* The next start works, as if nothing had happened, and the one after it. */
static void check_next(uint32_t strategy) {
    start_well(strategy); /* which opens /dev/null for all that follow, if none has before */
    int open = check_count_open();
    start_well(strategy);
    CHECK_EQUAL(check_count_open(), open);
}

/* In a process of its own, as what is found out once is found out there. */
static bool survives(uint32_t strategy, int at, int kept) {
    fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        bool failed = start_with_fault(strategy, at, kept);
        check_next(strategy);
        exit(failed ? 10 : 0);
    }
    int status;
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) % 10 != 0) {
        fprintf(stderr, "strategy %u, call %d (system call %ld) fails\n", strategy, at,
                fault->call);
        exit(1);
    }
    return WEXITSTATUS(status) == 10;
}

/* The first start, which probes the kernel. */
static void spawn_survives_every_fault_of_the_first_start(void) {
    for (uint32_t strategy = 0; strategy < STRATEGIES; strategy++) {
        int at = 1;
        while (survives(strategy, at, 1)) { /* /dev/null */
            at++;
        }
        CHECK(at > 20);
    }
}

/* A later one, from reserved descriptors. */
static void spawn_survives_every_fault_of_a_later_start(void) {
    slots_reserve(true);
    for (uint32_t strategy = 0; strategy < STRATEGIES; strategy++) {
        check_next(strategy);
        int at = 1;
        while (survives(strategy, at, 0)) {
            at++;
        }
        CHECK(at > 5);
    }
}

static void find_clone3_refused(void) {
    refuses_clone3 = true;
    start_well(REQUEST_STRATEGY_CLONE3);
    refuses_clone3 = false;
}

/* A start goes the way for which it has blocked signals, whatever others find out meanwhile. */
static void spawn_keeps_its_way_when_another_start_is_refused(void) {
    start_well(REQUEST_STRATEGY_CLONE3);
    meanwhile = find_clone3_refused;
    start_well(REQUEST_STRATEGY_CLONE3);
    CHECK(!meanwhile);
    start_well(REQUEST_STRATEGY_CLONE3);
}

int main(void) {
    fault = mmap(NULL, sizeof *fault, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(fault != MAP_FAILED);
    RUN(spawn_survives_every_fault_of_the_first_start);
    RUN(spawn_survives_every_fault_of_a_later_start);
    RUN(spawn_keeps_its_way_when_another_start_is_refused);
    return 0;
}

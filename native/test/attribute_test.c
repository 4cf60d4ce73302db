// SPDX-License-Identifier: Apache-2.0
/* attributes_apply() in a child whose parent lives, and in one that has lost it; beneath limits
 * that cannot be set; with policy and niceness; and what a change of ids is to the parent. */
#include "attribute.h"

#include "block.h"
#include "builder.h"
#include "check.h"
#include "filter.h"
#include "spawn.h"
#include "timeslice.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Codes of a child that was not ended. */
#define LIVES_ON 3
#define HAS_FAILED 4

/* Applies `count` attributes as the request has no others. Returns 0, or -errno with the number of
 * the one that was refused in `failed`. */
static int apply_all(struct request request, const struct attribute *attributes, uint32_t count,
                     int *failed) {
    struct request_header header = {.attributes_count = count};
    request.header = &header;
    request.attributes = attributes;
    return attributes_apply(&request, 0, UINT32_MAX, failed);
}

static int apply(struct request request, struct attribute attribute) {
    int failed;
    return apply_all(request, &attribute, 1, &failed);
}

/* Applies PARENT_DEATH in a child as it is before exec, all signals blocked, that takes `parent`
 * for its parent. Returns its wait status. */
static int die_with(int signal, int parent) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        const signal_set all = SIGNAL_SET_ALL;
        const struct request request = {.parent = parent};
        const struct attribute attribute = {.type = REQUEST_PARENT_DEATH, .first = signal};
        sys_sigmask(&all, NULL);
        int result = apply(request, attribute);
        int armed = 0;
        prctl(PR_GET_PDEATHSIG, &armed);
        _exit(result == 0 && armed == signal ? LIVES_ON : HAS_FAILED);
    }
    int status;
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    return status;
}

/* A parent that lives is no reason to end. */
static void attributes_apply_arms_parent_death(void) {
    for (int signal = 1; signal <= SIGNALS; signal++) {
        int status = die_with(signal, getpid());
        CHECK(WIFEXITED(status));
        CHECK_EQUAL(WEXITSTATUS(status), LIVES_ON);
    }
}

/* Whose parent is another by now has missed its death, and ends by the signal. */
static void attributes_apply_ends_orphan(void) {
    const int signals[] = {SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGUSR1, 32, 33, 64};
    const struct sys_sigaction standard = {.handler = (uintptr_t)SIG_DFL};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        sys_sigaction(signals[i], &standard, NULL); /* who runs us may ignore some */
        int status = die_with(signals[i], getppid());
        CHECK(WIFSIGNALED(status));
        CHECK_EQUAL(WTERMSIG(status), signals[i]);
    }
}

/* Also by a signal that ends nobody. */
static void attributes_apply_ends_orphan_that_ignores_signal(void) {
    const int signals[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGTERM};
    signal(SIGTERM, SIG_IGN);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        int status = die_with(signals[i], getppid());
        CHECK(WIFEXITED(status));
        CHECK_EQUAL(WEXITSTATUS(status), 128 + signals[i]);
    }
}

/* The signal comes through while an action waits, whatever else is blocked. */
static void attributes_apply_lets_signal_through(void) {
    const signal_set all = SIGNAL_SET_ALL;
    const struct request request = {.parent = getppid()};
    const struct attribute attribute = {.type = REQUEST_PARENT_DEATH, .first = SIGTERM};
    signal_set mask;
    sys_sigmask(&all, NULL);
    CHECK_EQUAL(apply(request, attribute), 0);
    CHECK_EQUAL(sys_sigmask(NULL, &mask), 0);
    const uint64_t unblockable = 1U << (SIGKILL - 1) | 1U << (SIGSTOP - 1);
    CHECK_EQUAL(mask, SIGNAL_SET_ALL & ~(1U << (SIGTERM - 1) | unblockable));
}

/* From now on the system call `nr` is refused. */
static void refuse(unsigned nr) { filter_answer(nr, SECCOMP_RET_ERRNO | EPERM); }

static int limit_files(int how, uint64_t soft) {
    const struct request request = {0};
    const struct attribute attribute = {
        .type = REQUEST_LIMIT, .first = RLIMIT_NOFILE, .second = how, .value = soft};
    return apply(request, attribute);
}

/* A limit that was asked for can be refused; one that is only put back fails nothing. */
static void attributes_apply_puts_limit_back_where_it_may(void) {
    struct rlimit before;
    struct rlimit after;
    CHECK_EQUAL(getrlimit(RLIMIT_NOFILE, &before), 0);
    CHECK_EQUAL(limit_files(REQUEST_PUT_BACK, 100), 0);
    CHECK_EQUAL(getrlimit(RLIMIT_NOFILE, &after), 0);
    CHECK_EQUAL(after.rlim_cur, 100);
    CHECK_EQUAL(after.rlim_max, before.rlim_max);
    refuse(SYS_prlimit64);
    CHECK_EQUAL(limit_files(REQUEST_PUT_BACK, 50), 0);
    CHECK_EQUAL(limit_files(REQUEST_KEEP_HARD, 50), -EPERM);
}

/* Gives us SCHED_BATCH and niceness 5, as apply_all() does. */
static int become_nice(int *failed) {
    const struct request request = {.capabilities = KERNEL_SCHED_ATTR};
    const struct attribute two[] = {{.type = REQUEST_SCHEDULER, .first = SCHED_BATCH},
                                    {.type = REQUEST_NICE, .first = 5}};
    return apply_all(request, two, 2, failed);
}

static void check_nice(void) {
    CHECK_EQUAL(sched_getscheduler(0), SCHED_BATCH);
    CHECK_EQUAL(getpriority(PRIO_PROCESS, 0), 5);
}

/* One call for both. */
static void attributes_apply_sets_policy_and_niceness_at_once(void) {
    int failed;
    refuse(SYS_sched_setscheduler);
    refuse(SYS_setpriority);
    CHECK_EQUAL(become_nice(&failed), 0);
    check_nice();
}

/* A filter may know the older calls only. */
static void attributes_apply_sets_policy_and_niceness_one_by_one(void) {
    int failed;
    refuse(SYS_sched_setattr);
    CHECK_EQUAL(become_nice(&failed), 0);
    check_nice();
}

/* The error is that of the one that is to blame. */
static void attributes_apply_says_which_of_two_is_refused(void) {
    int failed = -1;
    refuse(SYS_sched_setattr);
    refuse(SYS_setpriority);
    CHECK_EQUAL(become_nice(&failed), -EPERM);
    CHECK_EQUAL(failed, 1);
}

/* Nanoseconds; 0 before Linux 6.12. */
static uint64_t time_slice(void) {
    uint64_t words[8] = {0}; /* a struct sched_attr */
    CHECK_EQUAL(sys_call(SYS_sched_getattr, 0, (long)words, sizeof words, 0, 0, 0), 0);
    return words[3];
}

static void check_leaves_time_slice(void) {
    int failed;
    const uint64_t slice = time_slice();
    CHECK_EQUAL(become_nice(&failed), 0);
    CHECK_EQUAL(time_slice(), slice);
}

/* The one that the process began with: the kernel's, or the one of whoever started it. */
static void attributes_apply_leaves_time_slice(void) { check_leaves_time_slice(); }

/* One that the process has chosen itself. */
static void attributes_apply_leaves_chosen_time_slice(void) {
    CHECK_EQUAL(timeslice_halve(), 0);
    check_leaves_time_slice();
}

#define CAPACITY ((size_t)16384)

/* Starts a program that has to find the real group to be its effective one. */
static void reset_ids(uint32_t strategy) {
    static const char *const argv[] = {"/bin/sh", "-c", "test $(id -g) = $(id -rg)", NULL};
    const char *const envp[] = {"PATH=/usr/bin:/bin", NULL};
    struct builder b;
    void *memory = block_allocate(CAPACITY);
    int status;
    CHECK(memory);
    builder_begin(&b, memory, CAPACITY);
    builder_header(&b)->strategy = strategy;
    builder_add_attribute(&b, REQUEST_RESET_IDS, 0);
    builder_end_with(&b, argv, envp);
    CHECK_EQUAL(spawn(b.memory, b.capacity), 0);
    CHECK_EQUAL(waitpid(builder_header(&b)->pid, &status, 0), builder_header(&b)->pid);
    CHECK_EQUAL(status, 0);
    close(builder_header(&b)->pidfd);
    block_free(b.memory, b.capacity);
}

/* Who changes ids changes for all that share his memory whether it may be looked at. */
static void reset_of_ids_leaves_our_memory_as_it_is(void) {
    const uint32_t strategies[] = {REQUEST_STRATEGY_VFORK, REQUEST_STRATEGY_CLONE3};
    if (getuid() != 0) {
        printf("skipped, not root: ");
        return;
    }
    CHECK_EQUAL(setegid(54321), 0);
    for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++) {
        CHECK_EQUAL(prctl(PR_SET_DUMPABLE, 1), 0);
        reset_ids(strategies[i]);
        CHECK_EQUAL(prctl(PR_GET_DUMPABLE), 1);
    }
}

int main(void) {
    RUN(attributes_apply_arms_parent_death);
    RUN(attributes_apply_ends_orphan);
    RUN(attributes_apply_ends_orphan_that_ignores_signal);
    RUN(attributes_apply_lets_signal_through);
    RUN(attributes_apply_puts_limit_back_where_it_may);
    RUN(attributes_apply_sets_policy_and_niceness_at_once);
    RUN(attributes_apply_sets_policy_and_niceness_one_by_one);
    RUN(attributes_apply_says_which_of_two_is_refused);
    RUN(attributes_apply_leaves_time_slice);
    RUN(attributes_apply_leaves_chosen_time_slice);
    RUN(reset_of_ids_leaves_our_memory_as_it_is);
    return 0;
}

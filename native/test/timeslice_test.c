// SPDX-License-Identifier: Apache-2.0
/* timeslice_halve() changes the time slice of one thread, and nothing else. */
#include "timeslice.h"

#include "check.h"
#include "sys.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* struct sched_attr of linux/sched/types.h, which cannot be included beside pthread.h. */
struct attributes {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
};

static struct attributes attributes(void) {
    struct attributes result = {.size = sizeof result};
    CHECK(sys_call(SYS_sched_getattr, 0, (long)&result, sizeof result, 0, 0, 0) >= 0);
    return result;
}

/* From Linux 6.12 on the kernel says what a thread's slice is. */
static bool kernel_has_slices(void) { return attributes().runtime != 0; }

static void *halve(void *unused) {
    (void)unused;
    struct attributes before = attributes();
    CHECK_EQUAL(timeslice_halve(), 0);
    struct attributes after = attributes();
    CHECK_EQUAL(after.runtime, before.runtime / 2);
    CHECK_EQUAL(after.policy, before.policy);
    CHECK_EQUAL(after.nice, before.nice);
    return NULL;
}

static void *halve_nice(void *unused) {
    CHECK_EQUAL(setpriority(PRIO_PROCESS, 0, 5), 0); /* of this thread, in Linux */
    return halve(unused);
}

/* Who is not nice at all, if he may. */
static void *leave_urgent(void *unused) {
    (void)unused;
    if (setpriority(PRIO_PROCESS, 0, -5) != 0) {
        printf("not allowed to be urgent: ");
        return NULL;
    }
    struct attributes before = attributes();
    CHECK_EQUAL(timeslice_halve(), 0);
    struct attributes after = attributes();
    CHECK_EQUAL(after.nice, -5);
    CHECK_EQUAL(after.runtime, before.runtime);
    CHECK_EQUAL(after.flags, before.flags);
    return NULL;
}

static void *halve_and_fork(void *unused) {
    struct attributes before = attributes();
    halve(unused);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        struct attributes mine = attributes();
        bool same = mine.runtime == before.runtime && mine.nice == before.nice &&
                    mine.flags == before.flags;
        _exit(same ? 0 : 1);
    }
    int status;
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    CHECK_EQUAL(status, 0);
    return NULL;
}

static void in_thread(void *(*run)(void *)) {
    struct attributes before = attributes();
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, run, NULL), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_EQUAL(attributes().runtime, before.runtime);
}

/* The thread that asks gets it, and no other. */
static void timeslice_halve_changes_one_thread(void) { in_thread(halve); }

/* A thread that is nice stays so. */
static void timeslice_halve_keeps_nice(void) { in_thread(halve_nice); }

/* A child of an urgent thread is urgent, which matters more. */
static void timeslice_halve_leaves_urgent_threads(void) { in_thread(leave_urgent); }

/* A child has the slice that others have. */
static void timeslice_halve_is_not_inherited(void) { in_thread(halve_and_fork); }

int main(void) {
    if (!kernel_has_slices()) {
        printf("skipped: this kernel tells no slices of threads; 6.12 does\n");
        return 0;
    }
    RUN(timeslice_halve_changes_one_thread);
    RUN(timeslice_halve_keeps_nice);
    RUN(timeslice_halve_leaves_urgent_threads);
    RUN(timeslice_halve_is_not_inherited);
    return 0;
}

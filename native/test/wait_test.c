// SPDX-License-Identifier: Apache-2.0
/* wait_reap() and wait_peek() tell how a child ended, also when somebody else was first. */
#include "wait.h"

#include "check.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>

/* A child that waits for a signal, or exits with `code` if that is not negative. */
static pid_t start(int code) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        while (code < 0) {
            pause();
        }
        _exit(code);
    }
    return pid;
}

static int open_pidfd(pid_t pid) {
    int pidfd = sys_pidfd_open(pid, 0);
    CHECK(pidfd >= 0);
    return pidfd;
}

static void await_end(int pidfd) {
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    CHECK_EQUAL(poll(&ended, 1, 30000), 1);
}

/* Whether the kernel tells the exit of a child that somebody else has reaped: from 6.15 on. */
static bool kernel_remembers(void) {
    struct utsname system;
    int major = 0;
    int minor = 0;
    CHECK_EQUAL(uname(&system), 0);
    CHECK_EQUAL(sscanf(system.release, "%d.%d", &major, &minor), 2);
    return major > 6 || (major == 6 && minor >= 15);
}

/* A child that runs is left alone. */
static void wait_reap_leaves_running_child(void) {
    pid_t pid = start(-1);
    int pidfd = open_pidfd(pid);
    struct wait_result result;
    CHECK_EQUAL(wait_reap(pidfd, &result), 0);
    CHECK_EQUAL(kill(pid, SIGKILL), 0);
    await_end(pidfd);
    CHECK_EQUAL(wait_reap(pidfd, &result), 1);
    check_no_child();
}

/* Each exit code comes as it is. */
static void wait_reap_tells_exit_code(void) {
    const int codes[] = {0, 1, 42, 127, 137, 255};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        int pidfd = open_pidfd(start(codes[i]));
        await_end(pidfd);
        struct wait_result result;
        CHECK_EQUAL(wait_reap(pidfd, &result), 1);
        CHECK_EQUAL(result.info.code, CLD_EXITED);
        CHECK_EQUAL(result.info.status, codes[i]);
        close(pidfd);
    }
    check_no_child();
}

/* A signal is no exit code. */
static void wait_reap_tells_signal(void) {
    const int signals[] = {SIGKILL, SIGTERM, SIGPIPE, SIGUSR1};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        pid_t pid = start(-1);
        int pidfd = open_pidfd(pid);
        CHECK_EQUAL(kill(pid, signals[i]), 0);
        await_end(pidfd);
        struct wait_result result;
        CHECK_EQUAL(wait_reap(pidfd, &result), 1);
        CHECK_EQUAL(result.info.code, CLD_KILLED);
        CHECK_EQUAL(result.info.status, signals[i]);
        close(pidfd);
    }
    check_no_child();
}

/* What the child has used is measured. */
static void wait_reap_tells_usage(void) {
    const size_t size = (size_t)16 * 1024 * 1024;
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        char *memory = malloc(size);
        for (size_t i = 0; i < size; i += 1024) {
            ((volatile char *)memory)[i] = 1;
        }
        _exit(0);
    }
    int pidfd = open_pidfd(pid);
    await_end(pidfd);
    struct wait_result seen;
    struct wait_result result;
    CHECK_EQUAL(wait_peek(pidfd, &seen), 1);
    CHECK_EQUAL(wait_reap(pidfd, &result), 1);
    CHECK_EQUAL(seen.usage.ru_maxrss, result.usage.ru_maxrss);
    CHECK(result.usage.ru_maxrss > (long)(size / 1024 / 2)); /* KiB */
    CHECK(result.usage.ru_minflt > 0);
}

/* To look does not reap: the same is found again, and reaped then. */
static void wait_peek_leaves_child(void) {
    pid_t pid = start(42);
    int pidfd = open_pidfd(pid);
    await_end(pidfd);
    struct wait_result seen;
    struct wait_result reaped;
    CHECK_EQUAL(wait_peek(pidfd, &seen), 1);
    CHECK_EQUAL(kill(pid, 0), 0);
    CHECK_EQUAL(wait_reap(pidfd, &reaped), 1);
    CHECK_EQUAL(seen.info.code, CLD_EXITED);
    CHECK_EQUAL(seen.info.status, 42);
    CHECK(memcmp(&seen.info, &reaped.info, sizeof seen.info) == 0);
    close(pidfd);
    check_no_child();
}

/* One that runs has nothing to tell. */
static void wait_peek_sees_nothing_of_running_child(void) {
    pid_t pid = start(-1);
    int pidfd = open_pidfd(pid);
    struct wait_result result;
    CHECK_EQUAL(wait_peek(pidfd, &result), 0);
    CHECK_EQUAL(kill(pid, SIGKILL), 0);
    await_end(pidfd);
    CHECK_EQUAL(wait_reap(pidfd, &result), 1);
    check_no_child();
}

/* Somebody else was first: the status still, where the kernel has it, else a clear answer. */
static void wait_reap_survives_thief(void) {
    bool remembers = kernel_remembers();
    pid_t pid = start(3);
    int pidfd = open_pidfd(pid);
    CHECK_EQUAL(waitpid(-1, NULL, 0), pid);
    struct wait_result result;
    for (int again = 0; again < 2; again++) {
        CHECK_EQUAL(wait_reap(pidfd, &result), remembers ? 1 : -ECHILD);
        CHECK_EQUAL(result.info.code, remembers ? CLD_EXITED : 0);
        CHECK_EQUAL(result.info.status, remembers ? 3 : 0);
    }
}

/* What was seen before is of no use to him who reaps too late. */
static void wait_reap_after_peek_survives_thief(void) {
    bool remembers = kernel_remembers();
    pid_t pid = start(3);
    int pidfd = open_pidfd(pid);
    await_end(pidfd);
    struct wait_result result;
    CHECK_EQUAL(wait_peek(pidfd, &result), 1);
    CHECK_EQUAL(result.info.status, 3);
    CHECK_EQUAL(waitpid(-1, NULL, 0), pid);
    CHECK_EQUAL(wait_peek(pidfd, &result), remembers ? 1 : -ECHILD);
    CHECK_EQUAL(wait_reap(pidfd, &result), remembers ? 1 : -ECHILD);
    CHECK_EQUAL(result.info.status, remembers ? 3 : 0);
    close(pidfd);
}

/* The same after a signal. */
static void wait_reap_tells_stolen_signal(void) {
    if (!kernel_remembers()) {
        printf("skipped: before Linux 6.15 the status of a stolen child is lost\n");
        return;
    }
    pid_t pid = start(-1);
    int pidfd = open_pidfd(pid);
    CHECK_EQUAL(kill(pid, SIGTERM), 0);
    CHECK_EQUAL(waitpid(pid, NULL, 0), pid);
    struct wait_result result;
    CHECK_EQUAL(wait_reap(pidfd, &result), 1);
    CHECK_EQUAL(result.info.code, CLD_KILLED);
    CHECK_EQUAL(result.info.status, SIGTERM);
}

static void *steal_all(void *counted) {
    while (waitpid(-1, NULL, 0) > 0 || errno != ECHILD) {
        __atomic_fetch_add((int *)counted, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* A thread that reaps whatever it finds races with us for each of many children. */
static void wait_reap_races_with_thief(void) {
    bool remembers = kernel_remembers();
    int stolen = 0;
    for (int round = 0; round < 2000; round++) {
        int code = round % 256;
        int pidfd = open_pidfd(start(code));
        pthread_t thief;
        CHECK_EQUAL(pthread_create(&thief, NULL, steal_all, &stolen), 0);
        await_end(pidfd);
        struct wait_result result;
        int reaped = wait_reap(pidfd, &result);
        if (reaped == 1) {
            CHECK_EQUAL(result.info.code, CLD_EXITED);
            CHECK_EQUAL(result.info.status, code);
        } else {
            CHECK_EQUAL(reaped, -ECHILD);
            CHECK(!remembers);
        }
        CHECK_EQUAL(pthread_join(thief, NULL), 0);
        close(pidfd);
    }
    printf("%d of 2000 were stolen: ", stolen);
}

/* Children of somebody else stay his. */
static void wait_reap_leaves_other_children(void) {
    pid_t foreign = start(5);
    int foreign_pidfd = open_pidfd(foreign);
    int pidfd = open_pidfd(start(6));
    await_end(foreign_pidfd);
    await_end(pidfd);
    struct wait_result result;
    CHECK_EQUAL(wait_reap(pidfd, &result), 1);
    CHECK_EQUAL(result.info.status, 6);
    int status;
    CHECK_EQUAL(waitpid(foreign, &status, 0), foreign);
    CHECK_EQUAL(WEXITSTATUS(status), 5);
}

/* What is no pidfd is refused. */
static void wait_reap_refuses_other_descriptors(void) {
    struct wait_result result;
    CHECK_EQUAL(wait_reap(-1, &result), -EINVAL);
    CHECK_EQUAL(wait_reap(9999, &result), -EBADF);
    CHECK_EQUAL(wait_reap(1, &result), -EBADF);
}

int main(void) {
    RUN(wait_reap_leaves_running_child);
    RUN(wait_reap_tells_exit_code);
    RUN(wait_reap_tells_signal);
    RUN(wait_reap_tells_usage);
    RUN(wait_peek_leaves_child);
    RUN(wait_peek_sees_nothing_of_running_child);
    RUN(wait_reap_survives_thief);
    RUN(wait_reap_after_peek_survives_thief);
    RUN(wait_reap_tells_stolen_signal);
    RUN(wait_reap_races_with_thief);
    RUN(wait_reap_leaves_other_children);
    RUN(wait_reap_refuses_other_descriptors);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* What the tests of starts through a helper share. */
#ifndef SPAWN4J_WARM_CASES_H
#define SPAWN4J_WARM_CASES_H

#include "warm_requests.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>

static const char *const TRUE[] = {"/bin/true", NULL};
static const char *const ECHO_HI[] = {"/bin/echo", "hi", NULL};

/* A path that no other run of this test uses. */
static inline const char *path_of(const char *name) {
    static char path[64];
    snprintf(path, sizeof path, "/tmp/spawn4j-warm-%d-%s", (int)getpid(), name);
    return path;
}

/* Starts warm what must start. */
static inline void start(struct warm_helper *helper, struct builder *b) {
    int result;
    CHECK_EQUAL(warm_start(helper, b->memory, b->capacity, DEADLINE_MS, &result), WARM_STARTED);
    CHECK_EQUAL(result, 0);
}

static inline enum warm_reason try_to_start(struct warm_helper *helper, struct builder *b,
                                            int deadline_ms) {
    int result;
    return warm_start(helper, b->memory, b->capacity, deadline_ms, &result);
}

/* Puts what runs in a slot aside, so that the next child is not one that waits already. */
static inline void use_up_waiting(struct warm_helper *helper, const char *const argv[]) {
    char text[65536];
    struct builder b = request_printing(argv);
    start(helper, &b);
    await_output(&b, text, sizeof text);
    request_discard(&b);
}

/* Kills a process of ours and waits until it has ended, but does not reap it. */
static inline void kill_and_wait(pid_t pid) {
    siginfo_t info;
    CHECK_EQUAL(kill(pid, SIGKILL), 0);
    CHECK_EQUAL(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

/* Waits until the process is stopped. Nobody is told of that once more. */
static inline void await_stop(pid_t pid) {
    siginfo_t info;
    CHECK_EQUAL(waitid(P_PID, (id_t)pid, &info, WSTOPPED), 0);
}

/* The pid of a child that waits: of our children the one that is not the helper. It may be on its
 * way still. */
static inline pid_t waiting_child(const struct warm_helper *helper) {
    char path[64];
    int pid = warm_pid(helper);
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)syscall(SYS_gettid));
    while (pid == warm_pid(helper)) {
        FILE *children = fopen(path, "re");
        CHECK(children);
        while (fscanf(children, "%d", &pid) == 1 && pid == warm_pid(helper)) {
        }
        fclose(children);
    }
    return pid;
}

static inline void write_text(const char *folder, const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    CHECK_EQUAL(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

#endif

// SPDX-License-Identifier: Apache-2.0
/* A witness: says when processes have died, to be compared with when a spawner noticed.
 *
 * Usage: deaths. Reads pids from standard input, a line each, up to an empty line, and writes
 * "ready" when it watches them all. When all have died it writes a line "PID TIME" for each, in
 * nanoseconds of CLOCK_MONOTONIC, and ends; before, if standard input ends. */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64

struct child {
    int pid;
    int64_t died_ns;
};

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

_Noreturn static void fail(const char *what) {
    perror(what);
    exit(EXIT_FAILURE);
}

/* Reads the pids, which the caller frees. */
static struct child *read_pids(size_t *count) {
    struct child *children = NULL;
    char line[32];
    for (*count = 0; fgets(line, sizeof line, stdin) && line[0] != '\n'; (*count)++) {
        children = realloc(children, (*count + 1) * sizeof *children);
        if (!children) {
            fail("realloc");
        }
        children[*count] = (struct child){.pid = atoi(line)};
    }
    return children;
}

/* Has `epoll` report `fd`, once, as `child`. */
static void watch(int epoll, int fd, struct child *child) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.ptr = child};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
        fail("epoll_ctl");
    }
}

static void watch_all(int epoll, struct child *children, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int pidfd = (int)syscall(SYS_pidfd_open, children[i].pid, 0);
        if (pidfd < 0) {
            fail("pidfd_open");
        }
        watch(epoll, pidfd, &children[i]);
    }
}

/* Notes the time of each death, until there are `count`. */
static void witness(int epoll, size_t count) {
    struct epoll_event events[BATCH];
    while (count > 0) {
        int ready = epoll_wait(epoll, events, BATCH, -1);
        int64_t at_ns = now_ns();
        for (int i = 0; i < ready; i++) {
            struct child *child = events[i].data.ptr;
            if (!child) {
                exit(EXIT_FAILURE); /* nobody listens any more */
            }
            child->died_ns = at_ns;
            count--;
        }
    }
}

int main(void) {
    /* First of all when something has died, where that is allowed: by what it is late itself, it
     * would take the spawner to be earlier. */
    const struct sched_param lowest = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &lowest);

    size_t count;
    struct child *children = read_pids(&count);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) {
        fail("epoll_create1");
    }
    watch_all(epoll, children, count);
    watch(epoll, STDIN_FILENO, NULL);
    puts("ready");
    fflush(stdout);
    witness(epoll, count);
    for (size_t i = 0; i < count; i++) {
        printf("%d %" PRId64 "\n", children[i].pid, children[i].died_ns);
    }
    free(children);
    return EXIT_SUCCESS;
}

// SPDX-License-Identifier: Apache-2.0
/* What single system calls take that a start makes or could make, and what is checked before a warm
 * one: no test, but the source of figures in docs/start.md and docs/warm.md.
 *
 * Usage: call_times [BATCHES]. The calls take turns in short batches. Prints the 10th percentile of
 * each in microseconds. */
#include "check.h"
#include "clock.h"
#include "request.h"
#include "warm/current.h"
#include "warm_requests.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BATCH 100
#define WARM_UP 20
#define SETTABLE 62 /* all but SIGKILL and SIGSTOP */

/* As the kernel has it; the C library's struct is another. */
struct kernel_action {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};

struct piece {
    const char *name;
    void (*run)(void);
};

static int null_fd;
static int status_fd;
static char text[8192];
static struct warm_helper *helper; /* null: it cannot be made here */
static struct builder block;
static struct request request;

static void nothing(void) { syscall(SYS_getppid); }

static void nothing_often(void) {
    for (int i = 0; i < SETTABLE; i++) {
        nothing();
    }
}

static void ask_one(void) {
    struct kernel_action old;
    CHECK(syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, sizeof old.mask) == 0);
}

static void reset_all(void) {
    struct kernel_action none = {0};
    for (int signal = 1; signal <= SETTABLE + 2; signal++) {
        if (signal != SIGKILL && signal != SIGSTOP) {
            syscall(SYS_rt_sigaction, signal, &none, NULL, sizeof none.mask);
        }
    }
}

static void read_status(void) {
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, text, sizeof text) > 0);
    close(fd);
}

static void read_kept_status(void) { CHECK(pread(status_fd, text, sizeof text, 0) > 0); }

static void look_twice(void) {
    struct statx status;
    CHECK(statx(null_fd, "", AT_EMPTY_PATH, STATX_INO, &status) == 0);
    CHECK(statx(null_fd, "", AT_EMPTY_PATH, STATX_INO, &status) == 0);
}

static void check_warm(void) {
    if (helper) {
        CHECK_EQUAL(current_check(helper, &request), WARM_STARTED);
    }
}

static const struct piece pieces[] = {
    {"a call that does nothing", nothing},     {"62 of them", nothing_often},
    {"rt_sigaction that asks", ask_one},       {"62 that reset", reset_all},
    {"/proc/self/status", read_status},        {"... kept open", read_kept_status},
    {"two statx of a descriptor", look_twice}, {"checks of a warm start", check_warm},
};

#define PIECES (sizeof pieces / sizeof pieces[0])

static int compare(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    int batches = argc > 1 ? atoi(argv[1]) : 500;
    CHECK(batches > 0);
    null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    status_fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    CHECK(null_fd >= 0 && status_fd >= 0);
    static const char *const program[] = {"/bin/true", NULL};
    enum warm_reason reason = try_to_make(program, &helper);
    block = request_printing(program);
    CHECK_EQUAL(request_open(&request, block.memory, block.capacity), 0);
    double *micros = calloc(PIECES * (size_t)batches, sizeof *micros);
    CHECK(micros);
    for (int batch = -WARM_UP; batch < batches; batch++) {
        for (size_t piece = 0; piece < PIECES; piece++) {
            int64_t begin = now_ns();
            for (int i = 0; i < BATCH; i++) {
                pieces[piece].run();
            }
            if (batch >= 0) {
                micros[piece * (size_t)batches + (size_t)batch] =
                    (double)(now_ns() - begin) / BATCH / 1000;
            }
        }
    }
    for (size_t piece = 0; piece < PIECES; piece++) {
        double *its = micros + piece * (size_t)batches;
        qsort(its, (size_t)batches, sizeof *its, compare);
        if (pieces[piece].run == check_warm && !helper) {
            printf("%-26s none: reason %d\n", pieces[piece].name, reason);
        } else {
            printf("%-26s %6.2f\n", pieces[piece].name, its[batches / 10]);
        }
    }
    free(micros);
    request_discard(&block);
    if (helper) {
        warm_free(helper);
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* The floor under every spawner: what it costs to start PROGRAM and wait for it
 * without Java and without a library.
 *
 * Usage: floor [PIECE] PROGRAM. A line with a number n on standard input makes it
 * start PROGRAM n times, one after the other, and write n lines "START TOTAL
 * PROCESSOR CODE" to standard output: nanoseconds until PROGRAM was executed, and
 * until its exit was known; the processor on which we were in between, and the
 * exit code. Behind them comes a line "CPU 0": the nanoseconds of processor time
 * that it and its children have used since it began (and what its compilers have,
 * as it speaks like the JVMs that it is compared with). It ends at the end of its
 * input.
 *
 * PIECE says how much it does of what the library does: "bare" (the default) as
 * little as there is to do, "equal" all of it; see floor_work.h for those between. With "native"
 * the library itself does it, its half that is C. */
#include "floor_library.h"
#include "floor_work.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t cpu_ns(int who) {
    struct rusage usage;
    getrusage(who, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000000) +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * INT64_C(1000);
}

static int fail(FILE *errors, const char *what, long error) {
    fprintf(errors, "floor: %s: %s\n", what, strerror((int)-error));
    return EXIT_FAILURE;
}

/* Our own streams move out of the way, so that children inherit /dev/null as 0,
 * 1 and 2. */
static FILE *move_up(int fd, int from, const char *mode) {
    return fdopen(fcntl(fd, F_DUPFD_CLOEXEC, from), mode);
}

/* Starts the program once and writes a line. Returns an exit code. */
static int measure(const struct work *work, FILE *answers, FILE *errors) {
    int pidfd = -1;
    siginfo_t exit = {0};
    int64_t began = now_ns();
    long pid = work->piece == PIECE_NATIVE ? library_start(&pidfd) : work_start(work, &pidfd);
    int64_t started = now_ns();
    if (pid < 0) {
        return fail(errors, "start", pid);
    }
    int processor = sched_getcpu();
    long waited = work_wait(work, pidfd, &exit);
    int64_t ended = now_ns();
    if (work->piece < PIECE_EQUAL) {
        close(pidfd);
    }
    if (child_error || waited < 0) {
        return fail(errors, work->argv[0], child_error ? child_error : waited);
    }
    fprintf(answers, "%lld %lld %d %d\n", (long long)(started - began), (long long)(ended - began),
            processor, exit.si_status);
    return EXIT_SUCCESS;
}

static int usage(void) {
    fprintf(stderr, "usage: floor [PIECE] PROGRAM\n");
    return 2;
}

int main(int argc, char *argv[]) {
    if (argc != 2 && argc != 3) {
        return usage();
    }
    struct work work = {.argv = argv + argc - 1};
    while (argc == 3 && strcmp(argv[1], piece_names[work.piece]) != 0) {
        if (++work.piece == PIECES) {
            return usage();
        }
    }
    int from = work.piece >= PIECE_DESCRIPTORS ? LOW_END : 3;
    FILE *orders = move_up(STDIN_FILENO, from, "r");
    FILE *answers = move_up(STDOUT_FILENO, from, "w");
    FILE *errors = move_up(STDERR_FILENO, from, "w");
    if (!orders || !answers || !errors) {
        return EXIT_FAILURE;
    }
    int result = work_open(&work);
    if (result == 0 && work.piece == PIECE_NATIVE) {
        result = library_open(&work);
    }
    if (result < 0) {
        return fail(errors, work.argv[0], result);
    }
    unsigned count;
    while (fscanf(orders, "%u", &count) == 1) {
        for (unsigned i = 0; i < count; i++) {
            int code = measure(&work, answers, errors);
            if (code != EXIT_SUCCESS) {
                return code;
            }
        }
        fprintf(answers, "%lld 0\n", (long long)(cpu_ns(RUSAGE_SELF) + cpu_ns(RUSAGE_CHILDREN)));
        fflush(answers);
    }
    return EXIT_SUCCESS;
}

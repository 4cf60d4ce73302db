/* The floor under every spawner: what it costs to start PROGRAM and wait for it
 * without Java and without a library.
 *
 * Usage: floor PROGRAM. A line with a number n on standard input makes it start
 * PROGRAM n times, one after the other, and write n lines "START TOTAL" to
 * standard output: nanoseconds until PROGRAM was executed, and until its exit
 * was known. It ends at the end of its input. */
#include "raw_syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FLAGS (CLONE_VM | CLONE_VFORK | CLONE_PIDFD)

/* Written by the child, which has our memory until it executes PROGRAM. */
static volatile long exec_error;

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Returns the pid or -errno. Not inlined, and without a call after the clone:
 * the child runs on our stack frame, and we go on in it after the child. */
__attribute__((noinline)) static long start(char *const argv[], int *pidfd) {
    struct clone_args args = {
        .flags = FLAGS | CLONE_CLEAR_SIGHAND,
        .pidfd = (uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
    };
    long pid = raw_syscall(SYS_clone3, (long)&args, sizeof args, 0, 0, 0);
    if (pid == -ENOSYS || pid == -EPERM || pid == -EINVAL) {
        /* Refused by a container's filter, or the kernel is too old for the flag.
         */
        pid = raw_syscall(SYS_clone, FLAGS | SIGCHLD, 0, (long)pidfd, 0, 0);
    }
    if (pid == 0) {
        exec_error = raw_syscall(SYS_execve, (long)argv[0], (long)argv, (long)environ, 0, 0);
        raw_syscall(SYS_exit_group, 127, 0, 0, 0, 0);
    }
    return pid;
}

static int fail(FILE *errors, const char *what, long error) {
    fprintf(errors, "floor: %s: %s\n", what, strerror((int)-error));
    return EXIT_FAILURE;
}

/* Our own streams move out of the way, so that children inherit /dev/null as 0,
 * 1 and 2. */
static FILE *move_up(int fd, const char *mode) {
    return fdopen(fcntl(fd, F_DUPFD_CLOEXEC, 3), mode);
}

int main(int argc, char *argv[]) {
    if (argc != 2) {
        fprintf(stderr, "usage: floor PROGRAM\n");
        return 2;
    }
    FILE *orders = move_up(STDIN_FILENO, "r");
    FILE *answers = move_up(STDOUT_FILENO, "w");
    FILE *errors = move_up(STDERR_FILENO, "w");
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (!orders || !answers || !errors || null < 0) {
        return EXIT_FAILURE;
    }
    for (int fd = 0; fd <= 2; fd++) {
        dup2(null, fd);
    }

    unsigned count;
    while (fscanf(orders, "%u", &count) == 1) {
        for (unsigned i = 0; i < count; i++) {
            int pidfd = -1;
            int64_t began = now_ns();
            long pid = start(argv + 1, &pidfd);
            int64_t started = now_ns();
            if (pid < 0) {
                return fail(errors, "clone", pid);
            }
            long waited = raw_syscall(SYS_waitid, P_PIDFD, pidfd, 0, WEXITED, 0);
            int64_t ended = now_ns();
            close(pidfd);
            if (exec_error || waited < 0) {
                return fail(errors, argv[1], exec_error ? exec_error : waited);
            }
            fprintf(answers, "%lld %lld\n", (long long)(started - began),
                    (long long)(ended - began));
        }
        fflush(answers);
    }
    return EXIT_SUCCESS;
}

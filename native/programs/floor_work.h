// SPDX-License-Identifier: Apache-2.0
/* What the floor does for each start and wait, piece by piece. With all pieces it is what the
 * library does for a template without pipes: the same system calls in the same order, without
 * Java, the request block and its checks, and a stack for the child. */
#ifndef SPAWN4J_FLOOR_WORK_H
#define SPAWN4J_FLOOR_WORK_H

#include "raw_syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* From here on the child's descriptors are not even copied. */
#define LOW_END 64

#define SIGNALS_END 65

/* Linux 6.10: whether two descriptors are duplicates of each other. */
#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY 1027
#endif

/* Each does what stands before it as well. */
enum piece {
    PIECE_BARE,        /* clone3, exec, waitid */
    PIECE_SIGNALS,     /* in the child: default dispositions */
    PIECE_DESCRIPTORS, /* in the child: standard streams placed, everything else closed */
    PIECE_PARENT, /* in the parent: the program is still the same, signals are blocked meanwhile */
    PIECE_EQUAL,  /* a wait that another thread could end, with resource usage; closed in time */
    PIECE_NATIVE, /* the same by the library's C half, see floor_library.h */
    PIECES
};

static const char *const piece_names[PIECES] = {"bare",   "signals", "descriptors",
                                                "parent", "equal",   "native"};

struct work {
    enum piece piece;
    char **argv;
    int null;    /* becomes the standard streams */
    int program; /* an O_PATH descriptor of argv[0], which is executed from PIECE_PARENT on */
    int kept;    /* a duplicate of that */
    int wake;    /* what another thread, or an interrupt, would end a wait with */
    struct stat identity; /* of the program */
};

/* Written by the child, which has our memory until it executes the program. */
static volatile long child_error;

static void must(long result) {
    if (__builtin_expect(result < 0, 0)) {
        child_error = result;
        raw_syscall(SYS_exit_group, 127, 0, 0, 0, 0);
    }
}

/* The child's part: all of its calls, in their order. */
__attribute__((noinline)) _Noreturn static void child(const struct work *work) {
    if (work->piece >= PIECE_DESCRIPTORS) {
        /* Until here the descriptor table is the parent's own. */
        must(raw_syscall(SYS_close_range, LOW_END, ~0U, CLOSE_RANGE_UNSHARE, 0, 0));
    }
    if (work->piece >= PIECE_SIGNALS) {
        /* CLONE_CLEAR_SIGHAND drops handlers; what is ignored would stay so across exec. */
        static const uint64_t standard[4] = {0};
        for (int signal = 1; signal < SIGNALS_END; signal++) {
            if (signal != SIGKILL && signal != SIGSTOP) {
                must(raw_syscall(SYS_rt_sigaction, signal, (long)standard, 0, sizeof(uint64_t), 0));
            }
        }
    }
    if (work->piece >= PIECE_DESCRIPTORS) {
        /* The standard streams. */
        for (int fd = 0; fd <= 2; fd++) {
            must(raw_syscall(SYS_dup3, work->null, fd, 0, 0, 0));
        }
        /* All else ends at exec. */
        must(raw_syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC, 0, 0));
    }
    if (work->piece >= PIECE_PARENT) {
        /* The program starts with no signal blocked. */
        const uint64_t none = 0;
        must(raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none, 0));
        /* The file that was looked at, without a second walk along its path; a script needs one,
         * which is below. */
        raw_syscall(SYS_execveat, work->program, (long)"", (long)work->argv, (long)environ,
                    AT_EMPTY_PATH);
    }
    must(raw_syscall(SYS_execve, (long)work->argv[0], (long)work->argv, (long)environ, 0, 0));
    __builtin_unreachable();
}

/* Returns the pid or -errno. Not inlined, and child() is not either: the child runs on our stack,
 * below this frame, which it leaves as it is; we go on in it after the child. */
__attribute__((noinline)) static long clone_child(const struct work *work, int *pidfd) {
    const unsigned long flags =
        CLONE_VM | CLONE_VFORK | CLONE_PIDFD | (work->piece >= PIECE_DESCRIPTORS ? CLONE_FILES : 0);
    struct clone_args args = {
        .flags = flags | CLONE_CLEAR_SIGHAND,
        .pidfd = (uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
    };
    long pid = raw_syscall(SYS_clone3, (long)&args, sizeof args, 0, 0, 0);
    if (pid == -ENOSYS || pid == -EPERM || pid == -EINVAL) {
        /* Refused by a container's filter, or the kernel is too old for the flag. */
        pid = raw_syscall(SYS_clone, (long)flags | SIGCHLD, 0, (long)pidfd, 0, 0);
    }
    if (pid == 0) {
        child(work);
    }
    return pid;
}

static int is_same(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mode == b->st_mode && a->st_uid == b->st_uid && a->st_gid == b->st_gid &&
           memcmp(&a->st_mtim, &b->st_mtim, sizeof a->st_mtim) == 0 &&
           memcmp(&a->st_ctim, &b->st_ctim, sizeof a->st_ctim) == 0;
}

/* The start, the parent's part: all of its calls, in their order. Returns the pid or -errno. */
static long work_start(const struct work *work, int *pidfd) {
    child_error = 0;
    if (work->piece < PIECE_PARENT) {
        return clone_child(work, pidfd);
    }
    /* The path still leads to the file that was opened. */
    struct stat now;
    if (stat(work->argv[0], &now) < 0 || !is_same(&now, &work->identity)) {
        return -ESTALE;
    }
    /* Neither descriptor has become somebody else's. An old kernel refuses the second question. */
    if (fstat(work->null, &now) < 0 || !S_ISCHR(now.st_mode)) {
        return -EBADF;
    }
    raw_syscall(SYS_fcntl, work->program, F_DUPFD_QUERY, work->kept, 0, 0);
    /* A handler that ran in the child would write into our memory; but CLONE_CLEAR_SIGHAND has
     * dropped all, and SIGCHLD's default does nothing. */
    const uint64_t most = ~(UINT64_C(1) << (SIGCHLD - 1));
    uint64_t mask;
    raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&most, (long)&mask, sizeof mask, 0);
    long pid = clone_child(work, pidfd);
    raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&mask, 0, sizeof mask, 0);
    return pid;
}

/* The wait: all of its calls, in their order. Returns 0 or -errno. */
static long work_wait(const struct work *work, int pidfd, siginfo_t *exit) {
    if (work->piece < PIECE_EQUAL) {
        return raw_syscall(SYS_waitid, P_PIDFD, pidfd, (long)exit, WEXITED, 0);
    }
    struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN}, {.fd = work->wake, .events = POLLIN}};
    long result;
    do {
        result = raw_syscall(SYS_ppoll, (long)fds, 2, 0, 0, 0);
    } while (result == -EINTR);
    if (result >= 0) {
        struct rusage usage;
        result = raw_syscall(SYS_waitid, P_PIDFD, pidfd, (long)exit, WEXITED | WNOHANG | __WALL,
                             (long)&usage);
    }
    close(pidfd);
    return result;
}

/* Takes the low numbers, as the library does, so that the child has as much to close. */
static int take_low_numbers(void) {
    int placeholder = memfd_create("floor", MFD_CLOEXEC);
    int fd;
    do {
        fd = placeholder < 0 ? -1 : fcntl(placeholder, F_DUPFD_CLOEXEC, 3);
    } while (fd >= 0 && fd < LOW_END);
    close(fd);
    return fd < 0 ? -errno : 0;
}

/* Prepares what is done once for all starts: opens what the children need, 0, 1 and 2 included,
 * whose streams must have been moved away. Returns 0 or -errno. */
static int work_open(struct work *work) {
    work->null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (work->null < 0) {
        return -errno;
    }
    for (int fd = 0; fd <= 2; fd++) {
        dup2(work->null, fd);
    }
    if (work->piece >= PIECE_PARENT) {
        work->program = open(work->argv[0], O_PATH | O_CLOEXEC);
        if (work->program < 0 || fstat(work->program, &work->identity) < 0) {
            return -errno;
        }
        work->kept = fcntl(work->program, F_DUPFD_CLOEXEC, 3);
    }
    if (work->piece >= PIECE_EQUAL) {
        work->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (work->wake < 0) {
            return -errno;
        }
    }
    return work->piece >= PIECE_DESCRIPTORS && work->piece < PIECE_NATIVE ? take_low_numbers() : 0;
}

#endif

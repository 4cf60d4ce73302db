// SPDX-License-Identifier: Apache-2.0
#include "io.h"

#include "probe.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int io_wait(int fd, short events, int wake, int timeout_ms) {
    struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = wake, .events = POLLIN}};
    int result = sys_poll(fds, 2, timeout_ms);
    return result < 0 ? result : fds[0].revents;
}

long io_write(int fd, const void *bytes, size_t size) {
    const signal_set pipe = (signal_set)1 << (SIGPIPE - 1);
    const struct timespec at_once = {0, 0};
    signal_set mask;
    long result =
        sys_call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&pipe, (long)&mask, sizeof pipe, 0, 0);
    if (result < 0) {
        return result;
    }
    do {
        result = sys_write(fd, bytes, size);
    } while (result == -EINTR);
    if (result == -EPIPE) {
        /* It waits for this thread alone. */
        sys_call(SYS_rt_sigtimedwait, (long)&pipe, 0, (long)&at_once, sizeof pipe, 0, 0);
    }
    sys_sigmask(&mask, NULL);
    return result;
}

/* How many bytes can be read from `fd`, a terminal only after poll(2). */
static int count_readable(int fd) {
    int count = 0;
    int result = sys_ioctl(fd, FIONREAD, &count);
    return result < 0 ? result : count;
}

int io_available(int fd) {
    /* What is written to a terminal is passed on by a thread of the kernel, which may not have run
     * yet. poll(2) waits for it, FIONREAD does not: it would count nothing although the writer has
     * ended. */
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    int result = sys_poll(&readable, 1, 0);
    return result < 0 ? result : count_readable(fd);
}

int io_unblock(int fd) {
    int result = sys_fcntl(fd, F_SETFL, O_NONBLOCK);
    if (result < 0) {
        sys_close(fd);
        return result;
    }
    return fd;
}

int io_remaining(int fd) {
    struct pollfd pipe = {.fd = fd, .events = POLLIN};
    int result = sys_poll(&pipe, 1, 0);
    if (result < 0) {
        return result;
    }
    /* POLLHUP for the reading end, POLLERR for the writing one. Asked before the count, which only
     * a writer can raise. */
    return pipe.revents & (POLLHUP | POLLERR) ? count_readable(fd) : -EAGAIN;
}

long io_max_open_files(void) {
    struct rlimit64 limit;
    long result = sys_call(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0, 0);
    return result < 0 ? result : (long)limit.rlim_cur;
}

void io_wake(int wake) {
    const uint64_t one = 1;
    sys_write(wake, &one, sizeof one);
}

/* The mark is the receiver of SIGIO, a signal that nobody has asked for: every kind of file can
 * have one, and a foreign file under the same number has another or none. */
int io_own(int fd) {
    const struct f_owner_ex owner = {F_OWNER_TID, (pid_t)sys_call(SYS_gettid, 0, 0, 0, 0, 0, 0)};
    return sys_fcntl(fd, F_SETOWN_EX, (long)&owner);
}

int io_is_own(int fd) {
    struct f_owner_ex owner;
    return sys_fcntl(fd, F_GETOWN_EX, (long)&owner) == 0 && owner.type == F_OWNER_TID &&
           owner.pid == sys_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

int io_can_splice(int file) {
    struct stat status;
    int flags = sys_fcntl(file, F_GETFL, 0);
    return probe_has(KERNEL_SPLICE) && flags >= 0 && (flags & O_ACCMODE) != O_RDONLY &&
           !(flags & O_APPEND) && sys_fstatat(file, "", AT_EMPTY_PATH, &status) == 0 &&
           S_ISREG(status.st_mode);
}

/* Moves up to `size` bytes to `*offset`, and moves that. Returns 0 or -errno. */
static int splice_to(int pipe, int file, int64_t *offset, long size) {
    const int64_t end = *offset + size;
    while (*offset < end) {
        long result =
            sys_call(SYS_splice, pipe, 0, file, (long)offset, end - *offset, SPLICE_F_NONBLOCK);
        if (result == 0) {
            return -EINVAL;
        }
        if (result < 0 && result != -EINTR) {
            return (int)result;
        }
    }
    return 0;
}

/* splice(2) keeps the pipe locked while it copies. If it took all that there is room for, the child
 * would wait for it, and it for the child, in turns, with two wake-ups for each: twice the time. */
#define SPLICED 65536
#define WIDE (4 * SPLICED)

void io_widen(int pipe) {
    /* Refused to a user who has many such pipes (pipe(7)): it then goes more slowly. */
    sys_fcntl(pipe, F_SETPIPE_SZ, WIDE);
}

int io_capacity(int pipe) { return sys_fcntl(pipe, F_GETPIPE_SZ, 0); }

int io_splice(int pipe, int file) {
    int size = count_readable(pipe);
    if (size == 0) {
        /* The end, unless somebody has written and closed since. */
        size = io_remaining(pipe);
    }
    if (size <= 0) {
        return size;
    }
    if (size > SPLICED) {
        size = SPLICED;
    }
    /* The bytes get their place in the file first, as lseek(2) and write(2) take turns on the
     * position. splice(2) does not: left to itself it would move to a position that somebody else
     * has already read, and one of the two would write over the other. */
    long end = sys_call(SYS_lseek, file, size, SEEK_CUR, 0, 0, 0);
    if (end < 0) {
        return (int)end;
    }
    int64_t offset = end - size;
    int result = splice_to(pipe, file, &offset, size);
    if (offset < end) {
        sys_call(SYS_lseek, file, offset - end, SEEK_CUR, 0, 0, 0);
    }
    int moved = size - (int)(end - offset);
    return moved > 0 ? moved : result;
}

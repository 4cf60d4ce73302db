#include "io.h"

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>

int io_wait(int fd, short events, int wake, int timeout_ms) {
    struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = wake, .events = POLLIN}};
    int result = sys_poll(fds, 2, timeout_ms);
    return result < 0 ? result : fds[0].revents;
}

long io_write(int fd, const void *bytes, size_t size) {
    const signal_set pipe = (signal_set)1 << (SIGPIPE - 1);
    const struct timespec at_once = {0, 0};
    signal_set mask;
    long result;
    sys_call(SYS_rt_sigprocmask, SIG_BLOCK, (long)&pipe, (long)&mask, sizeof pipe, 0, 0);
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

int io_available(int fd) {
    int count = 0;
    int result = sys_ioctl(fd, FIONREAD, &count);
    return result < 0 ? result : count;
}

int io_unblock(int fd) {
    int result = sys_fcntl(fd, F_SETFL, O_NONBLOCK);
    if (result < 0) {
        sys_close(fd);
        return result;
    }
    return fd;
}

int io_splice(int from, int to, size_t size) {
    long result;
    do {
        result = sys_call(SYS_splice, from, 0, to, 0, (long)size, SPLICE_F_NONBLOCK);
    } while (result == -EINTR);
    return (int)result;
}

int io_remaining(int fd) {
    struct pollfd pipe = {.fd = fd, .events = POLLIN};
    int result = sys_poll(&pipe, 1, 0);
    if (result < 0) {
        return result;
    }
    /* POLLHUP for the reading end, POLLERR for the writing one. Asked before the count, which only
     * a writer can raise. */
    return pipe.revents & (POLLHUP | POLLERR) ? io_available(fd) : -EAGAIN;
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

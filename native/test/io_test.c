// SPDX-License-Identifier: Apache-2.0
/* io_write() to a pipe that nobody reads. */
#include "io.h"

#include "check.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

static int broken_pipe(void) {
    int ends[2];
    CHECK_EQUAL(pipe(ends), 0);
    close(ends[0]);
    return ends[1];
}

static void check_nothing_pending(void) {
    sigset_t pending;
    CHECK_EQUAL(sigpending(&pending), 0);
    CHECK(!sigismember(&pending, SIGPIPE));
}

/* Neither now nor later does the signal come, whose default is the end of the process. */
static void io_write_raises_no_signal(void) {
    signal(SIGPIPE, SIG_DFL);
    int fd = broken_pipe();
    signal_set none = 0;
    signal_set mask;
    CHECK_EQUAL(sys_sigmask(&none, NULL), 0);
    for (int i = 0; i < 3; i++) {
        CHECK_EQUAL(io_write(fd, "x", 1), -EPIPE);
        check_nothing_pending();
    }
    CHECK_EQUAL(sys_sigmask(&none, &mask), 0);
    CHECK_EQUAL(mask, 0);
}

/* Nor is one left to a thread that has blocked it. */
static void io_write_keeps_mask(void) {
    signal(SIGPIPE, SIG_DFL);
    int fd = broken_pipe();
    signal_set blocked = (signal_set)1 << (SIGPIPE - 1) | (signal_set)1 << (SIGUSR1 - 1);
    signal_set mask;
    CHECK_EQUAL(sys_sigmask(&blocked, NULL), 0);
    CHECK_EQUAL(io_write(fd, "x", 1), -EPIPE);
    CHECK_EQUAL(sys_sigmask(&blocked, &mask), 0);
    CHECK_EQUAL(mask, blocked);
    check_nothing_pending();
}

/* Otherwise it is write(2). */
static void io_write_writes(void) {
    int ends[2];
    char text[8] = "";
    CHECK_EQUAL(pipe2(ends, O_NONBLOCK), 0);
    CHECK_EQUAL(io_write(ends[1], "hello", 5), 5);
    CHECK_EQUAL(read(ends[0], text, sizeof text), 5);
    while (io_write(ends[1], text, sizeof text) > 0) {
    }
    CHECK_EQUAL(io_write(ends[1], text, sizeof text), -EAGAIN);
    CHECK_EQUAL(io_write(-1, text, sizeof text), -EBADF);
}

int main(void) {
    RUN(io_write_raises_no_signal);
    RUN(io_write_keeps_mask);
    RUN(io_write_writes);
    return 0;
}
